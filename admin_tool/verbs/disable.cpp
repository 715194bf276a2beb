#include "access/earlier_record.h"
#include "access/one_user.h"
#include "access/owner_notice.h"
#include "console/json_text.h"
#include "console/output.h"
#include "enrollment/enrollment.h"
#include "people/audit.h"
#include "people/invoker.h"

namespace secondstep::tool {

namespace {

// The name belongs to nobody, or to somebody other than who was enrolled: its next owner, or the present one,
// is told nothing of the one before. A portal's user never was in passwd, and is not gone.
bool is_of_somebody_gone(const NamedAccount& subject, const std::optional<Credential>& credential) {
    if (!credential) return !subject.entry;
    if (!subject.entry) return credential->uid.has_value();
    return credential->uid != subject.entry->uid;
}

void report(const OneUser& user, const char* sentence) {
    if (user.json()) {
        out().verbatim(dump({{"user", user.name()}, {"changed", true}}));
    } else {
        out().line(sentence);
    }
}

// A record that is damaged can be deleted too: it is one of the two ways to mend it.
Exit remove(const StoreSession& session, const OneUser& user, OwnerNotice& notice) {
    const SignalsHeld until_it_is_said;
    const auto before = session.store->read(user.subject.record());
    if (before && !before->credential) return complain_not_enrolled(session, user.subject);
    const ChangeNotice told = dialogue::notice_of(Change::disabled, session.clock.now(), administrator());
    const auto kept = change(session, user.subject.record(), Opening::enrollment,
                             {user.name(), "not deleted"}, [&](const Account& present) -> Result<Rewrite> {
                                 notice.add_address_of(present.credential);
                                 if (is_of_somebody_gone(user.subject, present.credential))
                                     return RemoveCredential{state_without_owner(present.state)};
                                 return RemoveCredential{dialogue::state_after_removal(present.state, told)};
                             });
    if (!kept) return kept.error();
    if (*kept == Kept::unconfirmed) warn_unconfirmed(user.name(), "there is no second step");
    audit("disable", user.name());
    report(user, "Your 2FA settings have been successfully deleted.");
    return Exit::done;
}

// Of a name that is gone, without a second step: what logins and an earlier removal left under it.
Exit remove_leftovers(const StoreSession& session, const OneUser& user) {
    bool something = false;
    const auto kept = change(session, user.subject.record(), Opening::existing, {user.name(), "not deleted"},
                             [&](const Account& present) -> Result<Rewrite> {
                                 State left = state_without_owner(present.state);
                                 something = left != present.state;
                                 if (!something) return LeaveAsItIs{};
                                 return WriteState{std::move(left)};
                             });
    if (!kept) return kept.error();
    if (!something) {
        return complain(Exit::not_enrolled,
                        user.name() + " is no account of this machine, and there is nothing left to delete");
    }
    audit("disable", user.name(), "leftovers=deleted");
    report(user, "What was left of an account that is gone was deleted.");
    return Exit::done;
}

Exit ask_and_remove(const StoreSession& session, const OneUser& user) {
    const auto present = session.store->read(user.subject.record());
    if (present && !present->credential) {
        const bool left = !user.subject.entry && present->has_state;
        return left ? remove_leftovers(session, user) : complain_not_enrolled(session, user.subject);
    }
    const bool has_address = present && present->credential->destination;
    const std::string question =
        "Delete the second step of " + user.name() +
        (has_address ? ", the address " + present->credential->destination->address.masked() : "") +
        " and the recovery codes?";
    if (const auto yes = agreed(user, question); !yes) return yes.error();
    OwnerNotice notice(session, user.name());
    const Exit ended = remove(session, user, notice);
    if (ended == Exit::done) notice.tell(Change::disabled);
    return ended;
}

}  // namespace

Exit disable(const Command& command, const Invocation& invocation) {
    auto options = json_option("{\"user\", \"changed\"}");
    add_yes_option(options);
    auto call = call_of(command, invocation, options, {0, 1});
    if (!call) return call.error();
    if (is_for_own_account(call->config)) return manage_own(*call, {.task = Task::disable});
    const auto user = one_user(std::move(*call), 0);
    if (!user) return user.error();
    return run_for(*user, [&](StoreSession& session) { return ask_and_remove(session, *user); });
}

}  // namespace secondstep::tool
