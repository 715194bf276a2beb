#include "dialogue/set_up/new_authenticator.h"

#include <algorithm>

#include "dialogue/texts/messages.h"
#include "enrollment/enrollment.h"
#include "enrollment/qr.h"
#include "otp/typed_answer.h"

namespace secondstep::dialogue {
namespace {

// What an app can do: by time, unless the rule's `methods` leave that out.
Method method_for(const Policy& policy) {
    const auto allows = [&policy](std::string_view method) {
        return std::ranges::find(policy.methods, method) != policy.methods.end();
    };
    return !allows("totp") && allows("hotp") ? Method::hotp : Method::totp;
}

std::string refusal_of(const Secret& typed) {
    const bool code = std::holds_alternative<TypedOtp>(classify(typed.text()));
    return code ? messages::not_the_code() : messages::no_code_of_an_app();
}

}  // namespace

NewEntry replacing_entry(const Visit& visit, const EnrollmentCommit& enrollment) {
    const unsigned number = enrollment.baseline().number;
    return {.method = method_for(visit.policy),
            .device_name = "phone" + (number > 1 ? "-" + std::to_string(number) : ""),
            .label_account = account_label(visit, number),
            .shown_for = enrollment.shown_for()};
}

Enrollment NewAuthenticator::drafted() const {
    const auto draft = [this] {
        EnrollmentOptions options;
        options.method = entry_.method;
        options.device_name = entry_.device_name;
        options.issuer = issuer_of(visit_);
        options.label_account = entry_.label_account;
        return Enrollment::draft(options, *visit_.ports.randomness);
    };
    if (!entry_.shown_for) return draft();
    return visit_.ports.memory->pending_enrollments.find_or(
        {visit_.own_record(), visit_.asked().source, *entry_.shown_for}, visit_.ports.steady_now(), draft);
}

Result<Secret> NewAuthenticator::shown(bool picture, bool inverted) const {
    const Secret key = draft_.key_text();
    messages::KeyText text{.issuer = draft_.options().issuer,
                           .account = draft_.options().label_account,
                           .key = key.text(),
                           .picture = {},
                           .counted = draft_.options().method == Method::hotp};
    if (!picture) return messages::key_to_type(text);
    const Result<Secret> uri = draft_.uri();
    if (!uri) return std::unexpected(uri.error());
    const Result<QrCode> qr = QrCode::of(*uri);
    if (!qr) return std::unexpected(qr.error());
    const Secret blocks =
        qr->half_blocks(inverted ? QrCode::Colours::dark_on_light : QrCode::Colours::light_on_dark);
    text.picture = blocks.text();
    return messages::key_to_scan(text);
}

// What a typed code is worth. Nothing: `text` says why, and the person is asked again. A key that was typed
// is the likeliest mistake, and a page shows one text at a time: it is said again.
std::optional<EnrollmentOutcome> NewAuthenticator::verify(const Secret& typed, bool picture, Secret& text) {
    const Result<Enrollment::Outcome> outcome = draft_.confirm(typed, visit_.config().window, visit_.now());
    if (!outcome) return gave_up_enrolling(visit_, outcome.error().detail);
    if (std::holds_alternative<Enrollment::Confirmed>(*outcome)) return EnrollmentOutcome::done;
    const auto* off = std::get_if<Enrollment::ClockOff>(&*outcome);
    text = Secret::copy_of(off != nullptr ? messages::clock_off(off->offset) : refusal_of(typed));
    if (off != nullptr || picture) return std::nullopt;
    const Result<Secret> key = shown(false, false);
    if (!key) return gave_up_enrolling(visit_, key.error().detail);
    text.append(key->text());
    return std::nullopt;
}

Script<EnrollmentOutcome> NewAuthenticator::confirm(bool picture) {
    bool inverted = false;
    bool show_key = true;
    for (;;) {
        if (show_key) {
            Result<Secret> text = shown(picture, inverted);
            if (!text) co_return gave_up_enrolling(visit_, text.error().detail);
            co_await visit_.talk.show(std::move(*text));
        }
        const std::string_view prompt = picture ? messages::picture_code_prompt : messages::text_code_prompt;
        Reply reply = co_await visit_.talk.ask_aloud(prompt);
        const std::optional<Secret> typed = text_of(std::move(reply));
        if (!typed) co_return EnrollmentOutcome::hung_up;
        show_key = picture && (says(*typed, "t") || says(*typed, "i"));
        if (show_key) {
            picture = !says(*typed, "t");
            inverted = !inverted;
            continue;
        }
        Secret text;
        if (const auto outcome = verify(*typed, picture, text)) co_return *outcome;
        if (++wrong_ == most_wrong_answers) {
            co_await visit_.talk.show_error(
                messages::not_set_up(visit_.config().contact, entry_.shown_for.has_value()));
            co_return EnrollmentOutcome::refused;
        }
        co_await visit_.talk.show_error(std::move(text));
    }
}

}  // namespace secondstep::dialogue
