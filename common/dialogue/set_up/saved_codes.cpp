#include "dialogue/set_up/saved_codes.h"

#include "dialogue/texts/messages.h"

namespace secondstep::dialogue {
namespace {

constexpr unsigned most_reminders = 3;

// What the worker makes. Shared: it may still run when the dialogue has ended.
struct Making {
    Result<std::optional<NewRecoverySet>> made = fail(Errc::crypto, "the recovery codes were not made");
};

// A store that may block is asked nothing here: it would hold up those who wait behind. Whoever was overtaken finds that out
// at the write in any case.
bool still_stands(const AccountStore& store, const RecordName& record, const Stands& stands) {
    if (store.may_block()) return true;
    const Result<Account> present = store.read(record);
    return !present || stands(*present);
}

// Nothing: whoever wants it was overtaken.
Result<std::optional<NewRecoverySet>> set_for(const Stands& stands, const AccountStore& store,
                                              const RecordName& record, unsigned count,
                                              Randomness& randomness) {
    if (!still_stands(store, record, stands)) return std::optional<NewRecoverySet>{};
    auto made = make_recovery_set(count, otp::RecoveryCodeForm::short_code, randomness);
    if (!made) return std::unexpected(made.error());
    return std::optional(std::move(*made));
}

Script<bool> unmark(Visit& visit, RecoverySetId set) {
    const Decide unmark = [set](const Account& present) -> Result<Rewrite> {
        // Other codes meanwhile: it was not those they saved.
        if (present.state.recovery.id != set) return LeaveAsItIs{};
        State next = present.state;
        next.recovery.not_saved = false;
        return WriteState{std::move(next)};
    };
    const Result<Kept> written = co_await change_own_record(visit, unmark);
    co_return written.has_value();
}

void warn(const Visit& visit, const std::string& what, const std::string& why) {
    visit.ports.journal->warn(what + " of " + visit.known_name + ": " + why);
}

// The rename of the credential commits; the state follows.
WriteCredential with_new_codes(const Account& present, const RecoverySet& set, const ChangeNotice& notice) {
    Credential credential = present.credential->clone();
    credential.recovery = set.clone();
    State next = state_with_new_codes(present.state, credential, notice);
    next.recovery.not_saved = true;
    return {std::move(credential), std::move(next)};
}

}  // namespace

void warn_unconfirmed(const Visit& visit, const std::string& what) {
    warn(visit, what, "it counts from now on, but the disk did not confirm it: run secondstep doctor");
}

Script<Result<std::optional<NewRecoverySet>>> make_recovery_codes(Visit& visit, Stands stands) {
    const auto making = std::make_shared<Making>();
    Work work{Work::Kind::scrypt,
              [making, count = visit.config().recovery_codes, randomness = visit.ports.randomness,
               store = visit.ports.store, record = visit.own_record(), stands = std::move(stands)] {
                  making->made = set_for(stands, *store, record, count, *randomness);
              }};
    const Resumption resumption = co_await visit.talk.pause(std::move(work));
    // `late`: the worker may still be writing; nothing of `making` is looked at.
    if (resumption != Resumption::done) co_return fail(Errc::busy, "too many recovery codes at once");
    co_return std::move(making->made);
}

Script<bool> show_until_saved(Visit& visit, RecoverySetId set, Secret text) {
    for (unsigned asked = 0; asked < most_reminders; ++asked) {
        co_await visit.talk.show(std::move(text));
        Reply reply = co_await visit.talk.ask_aloud(messages::saved_prompt);
        const std::optional<Secret> typed = text_of(std::move(reply));
        if (!typed) {
            // The verdict is that of the second step; whether anybody was there to the end it does not say.
            warn(visit, "recovery codes", "nobody was there to confirm that they are saved");
            co_return false;
        }
        text = Secret::copy_of(messages::type_saved());
        if (!says(*typed, "saved")) continue;
        const bool unmarked = co_await unmark(visit, set);
        if (!unmarked) warn(visit, "recovery codes", "that they are saved could not be written");
        co_return true;
    }
    co_return true;
}

Script<Renewal> renew_recovery_codes(Visit& visit, AuthenticatorIds shown, Grounds grounds) {
    Stands stands = [shown](const Account& present) {
        return !present.credential || ids_of(*present.credential) == shown;
    };
    const auto made = co_await make_recovery_codes(visit, std::move(stands));
    if (!made) {
        warn(visit, "new recovery codes", made.error().detail);
        co_return Renewal::unavailable;
    }
    bool overtaken = !made->has_value();
    const ChangeNotice notice = notice_of(Change::renewed_codes, visit.now(), visit.from());
    const Decide renew = [&](const Account& present) -> Result<Rewrite> {
        if (!present.credential) return fail(Errc::not_found, "the second step is gone");
        overtaken = overtaken || ids_of(*present.credential) != shown;
        if (overtaken) return LeaveAsItIs{};
        return with_new_codes(present, (*made)->set, notice);
    };
    const Result<Kept> written = co_await change_as_asked(visit, renew);
    if (!written) {
        warn(visit, "new recovery codes", written.error().detail);
        co_return Renewal::unavailable;
    }
    if (overtaken) {
        co_await visit.talk.show_error(messages::set_up_elsewhere());
        co_return Renewal::overtaken;
    }
    const bool unconfirmed = *written == Kept::unconfirmed;
    if (unconfirmed) warn_unconfirmed(visit, "new recovery codes");
    visit.log_change(Change::renewed_codes, grounds);
    Secret text;
    if (unconfirmed) text.append(messages::may_not_last(visit.config().contact));
    text.append(messages::new_codes((*made)->codes, visit.method.value_or(Method::totp)).text());
    const RecoverySetId to_unmark = unconfirmed ? RecoverySetId{} : (*made)->set.id;
    const bool answered = co_await show_until_saved(visit, to_unmark, std::move(text));
    co_return answered ? Renewal::done : Renewal::hung_up;
}

Script<void> offer_new_codes(Visit& visit, AuthenticatorIds shown) {
    co_await visit.talk.show(messages::codes_not_saved());
    Reply reply = co_await visit.talk.ask_aloud(messages::new_codes_prompt);
    const std::optional<Secret> typed = text_of(std::move(reply));
    if (!typed || (!says(*typed, "y") && !says(*typed, "yes"))) co_return;
    static_cast<void>(co_await renew_recovery_codes(visit, std::move(shown), TheLogin{}));
}

}  // namespace secondstep::dialogue
