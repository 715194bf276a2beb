#include "dialogue/new_authenticator.h"

#include <algorithm>

#include "account/known_sources.h"
#include "dialogue/label.h"
#include "dialogue/messages.h"
#include "dialogue/qr.h"
#include "dialogue/saved_codes.h"

namespace secondstep::dialogue {
namespace {

constexpr unsigned most_wrong = 3;

std::string issuer_of(const Visit& visit) {
    return visit.config().issuer.empty() ? visit.ports.host : visit.config().issuer;
}

std::string account_label(const Visit& visit, unsigned number) {
    return visit.known_name + (number > 1 ? "-" + std::to_string(number) : "");
}

// What an app can do: by time, unless the rule's `methods` leave that out.
Method method_for(const Policy& policy) {
    const auto allows = [&policy](std::string_view method) {
        return std::ranges::find(policy.methods, method) != policy.methods.end();
    };
    return !allows("totp") && allows("hotp") ? Method::hotp : Method::totp;
}

std::vector<AuthenticatorId> enrolled_in(const Account& account) {
    return account.credential ? ids_of(*account.credential) : std::vector<AuthenticatorId>{};
}

}  // namespace

std::optional<Look> look_of(const Secret& typed) {
    if (says(typed, "q")) return Look::picture;
    if (says(typed, "t")) return Look::text;
    return std::nullopt;
}

Script<std::optional<Look>> ask_look(Talk& talk, std::string_view prompt) {
    for (unsigned asked = 0; asked < most_wrong; ++asked) {
        Reply reply = co_await talk.ask_aloud(prompt);
        const std::optional<Secret> typed = text_of(std::move(reply));
        if (!typed) co_return std::nullopt;
        if (const auto look = look_of(*typed)) co_return look;
    }
    co_return std::nullopt;
}

Verdict verdict_of(NewAuthenticator::Outcome outcome, const Visit& visit) {
    switch (outcome) {
        case NewAuthenticator::Outcome::done:
            return visit.end(Verdict::accepted, "set up");
        case NewAuthenticator::Outcome::hung_up:
            return visit.end(Verdict::cancelled, "no answer while setting up");
        case NewAuthenticator::Outcome::refused:
            return visit.end(Verdict::refused, "no right code of the new authenticator");
        case NewAuthenticator::Outcome::overtaken:
            return visit.end(Verdict::refused, "set up in another login meanwhile");
        case NewAuthenticator::Outcome::unavailable:
            break;
    }
    return visit.end(Verdict::unavailable, "the new authenticator was not stored");
}

std::string label_of(const Visit& visit, unsigned number) {
    return issuer_of(visit) + ":" + account_label(visit, number);
}

Foundation Foundation::of(const Visit& visit, const Account& account) {
    Foundation foundation;
    foundation.authenticators = enrolled_in(account);
    foundation.number = label_number(account, Former::all);
    if (account.credential) {
        const unsigned before = foundation.number > 1 ? foundation.number - 1 : 1;
        foundation.old_label = label_of(visit, before);
    }
    return foundation;
}

NewAuthenticator::NewAuthenticator(Talk& talk, Visit& visit, Foundation foundation, std::string proof)
    : talk_(talk), visit_(visit), foundation_(std::move(foundation)), proof_(std::move(proof)) {}

Enrollment NewAuthenticator::drafted() const {
    const auto draft = [this] {
        EnrollmentOptions options;
        options.method = method_for(visit_.policy);
        const std::string suffix =
            foundation_.number > 1 ? "-" + std::to_string(foundation_.number) : std::string();
        options.device_name = "phone" + suffix;
        options.issuer = issuer_of(visit_);
        options.label_account = account_label(visit_, foundation_.number);
        return Enrollment::draft(options, *visit_.ports.randomness);
    };
    return visit_.ports.pending_enrollments->find_or(visit_.own_record(), visit_.source,
                                                     visit_.ports.steady_now(), draft);
}

Result<std::string> NewAuthenticator::shown(const Enrollment& draft, bool picture, bool inverted) const {
    const Secret key = draft.key_text();
    messages::KeyText text{.issuer = draft.options().issuer,
                           .account = draft.options().label_account,
                           .key = key.text(),
                           .picture = {},
                           .counted = draft.options().method == Method::hotp};
    if (!picture) return messages::key_to_type(text);
    const Result<Secret> uri = draft.uri();
    if (!uri) return std::unexpected(uri.error());
    const Result<QrCode> qr = QrCode::of(*uri);
    if (!qr) return std::unexpected(qr.error());
    const Secret blocks =
        qr->half_blocks(inverted ? QrCode::Colours::dark_on_light : QrCode::Colours::light_on_dark);
    text.picture = blocks.text();
    return messages::key_to_scan(text);
}

NewAuthenticator::Outcome NewAuthenticator::gave_up(const std::string& why) const {
    visit_.ports.journal->warn("enrollment of " + visit_.known_name + ": " + why);
    return Outcome::unavailable;
}

Script<NewAuthenticator::Outcome> NewAuthenticator::set_up(Look look) {
    Enrollment draft = drafted();
    const Outcome confirmed = co_await confirm(draft, look);
    if (confirmed != Outcome::done) co_return confirmed;
    co_return co_await commit(draft);
}

// What a typed code is worth. Nothing: `text` says why, and the person is asked again. A key that was typed
// is the likeliest mistake, and a page shows one text at a time: it is said again.
std::optional<NewAuthenticator::Outcome> NewAuthenticator::judge(Enrollment& draft, const Secret& typed,
                                                                 bool picture, std::string& text) const {
    const Result<Enrollment::Outcome> outcome = draft.confirm(typed, visit_.config().window, visit_.now());
    if (!outcome) return gave_up(outcome.error().detail);
    if (std::holds_alternative<Enrollment::Confirmed>(*outcome)) return Outcome::done;
    const auto* off = std::get_if<Enrollment::ClockOff>(&*outcome);
    text = off != nullptr ? messages::clock_off(off->offset) : messages::not_the_code();
    if (off != nullptr || picture) return std::nullopt;
    const Result<std::string> key = shown(draft, false, false);
    if (!key) return gave_up(key.error().detail);
    text += *key;
    return std::nullopt;
}

Script<NewAuthenticator::Outcome> NewAuthenticator::confirm(Enrollment& draft, Look look) {
    bool picture = look == Look::picture;
    bool inverted = false;
    bool show_key = true;
    for (;;) {
        if (show_key) {
            Result<std::string> text = shown(draft, picture, inverted);
            if (!text) co_return gave_up(text.error().detail);
            co_await talk_.show(std::move(*text));
        }
        const std::string_view prompt = picture ? messages::picture_code_prompt : messages::text_code_prompt;
        Reply reply = co_await talk_.ask_aloud(prompt);
        const std::optional<Secret> typed = text_of(std::move(reply));
        if (!typed) co_return Outcome::hung_up;
        show_key = picture && (says(*typed, "t") || says(*typed, "i"));
        if (show_key) {
            picture = !says(*typed, "t");
            inverted = !inverted;
            continue;
        }
        std::string text;
        if (const auto outcome = judge(draft, *typed, picture, text)) co_return *outcome;
        if (++wrong_ == most_wrong) {
            co_await talk_.show_error(messages::not_set_up(visit_.config().contact));
            co_return Outcome::refused;
        }
        co_await talk_.show_error(std::move(text));
    }
}

bool NewAuthenticator::stands(const Account& present) const {
    if (present.lost_credential || enrolled_in(present) != foundation_.authenticators) return false;
    if (foundation_.registration && present.state.registration != *foundation_.registration) return false;
    return !foundation_.restore || present.state.restore == *foundation_.restore;
}

// The rename of the credential commits; the state follows. In it: the old steps, so that a code of an
// authenticator that comes back is not accepted again, and that this device and place are the owner's.
NewAuthenticator::Outcome NewAuthenticator::write(Transaction& transaction, const Enrollment& draft,
                                                  RecoverySet recovery) const {
    const UnixTime now = visit_.now();
    Credential credential{*visit_.subject.account, visit_.subject.uid, now, draft.options().method, {},
                          std::move(recovery)};
    credential.authenticators.push_back(draft.authenticator().clone());
    State next = state_after_enrollment(transaction.account().state, credential);
    next.recovery.not_saved = true;
    next.notice = notice_of(Change::enrolled, now, visit_.from());
    counter_of(next, visit_.source, now) = {};
    remember(next, visit_.source, now);
    next.last_success = now;
    next.last_accepted = visit_.request.attempt;
    const Result<WriteOutcome> written = transaction.write_credential(credential, next);
    if (!written) return gave_up(written.error().detail);
    return *written == WriteOutcome::done ? Outcome::done : gave_up("another program wrote first");
}

Script<NewAuthenticator::Outcome> NewAuthenticator::commit(const Enrollment& draft) {
    Result<NewRecoverySet> made = co_await make_recovery_codes(talk_, visit_);
    if (!made) co_return gave_up(made.error().detail);
    {
        const auto locking = co_await lock_own_record(talk_, visit_);
        if (!locking) co_return gave_up(locking.error().detail);
        if (stands((*locking)->account())) {
            const Outcome written = write(**locking, draft, made->set.clone());
            if (written != Outcome::done) co_return written;
        } else {
            made = fail(Errc::exists, "");
        }
    }
    visit_.ports.pending_enrollments->forget(visit_.own_record());
    if (!made) {
        co_await talk_.show_error(messages::set_up_elsewhere());
        co_return Outcome::overtaken;
    }
    visit_.enrolled = true;
    visit_.log_change("enrolled", proof_);
    const bool counted = draft.options().method == Method::hotp;
    const std::string text = messages::set_up(made->codes, counted ? "HOTP" : "TOTP", foundation_.old_label);
    static_cast<void>(co_await show_until_saved(talk_, visit_, made->set.id, text));
    co_return Outcome::done;
}

}  // namespace secondstep::dialogue
