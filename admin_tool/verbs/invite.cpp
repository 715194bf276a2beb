#include <csignal>

#include "access/earlier_record.h"
#include "access/one_user.h"
#include "accounts/account_row.h"
#include "console/json_text.h"
#include "enrollment/given_code.h"
#include "people/audit.h"

namespace secondstep::tool {

namespace {

Exit report(const OneUser& user, const GivenCode& code, bool replaces) {
    if (user.json()) {
        const Json json{{"user", user.name()},
                        {"changed", true},
                        {"until", utc_second(code.grant.until)},
                        {"replaced", replaces}};
        out().line(dump_with_secrets(json, {{"code", &code.text}}));
    } else {
        show_registration_code(out(), user.name(), code, replaces);
    }
    return unless_unseen("invite again, which makes another");
}

Exit give(const StoreSession& session, const OneUser& user, std::chrono::seconds valid) {
    const WhoItIs who{user.subject, user.arguments.is_on("other-person"), user.json() ? err() : out()};
    if (const auto settled = settle_earlier_record(session, who); !settled) return settled.error();
    const SignalsHeld until_the_code_is_shown;
    if (SignalsHeld::one_is_waiting()) return Exit::refused;
    const auto made = make_code(session, user.subject.record(), GrantKind::registration, valid);
    if (!made) return complain(made.error());
    const UnixTime now = session.clock.now();
    bool replaces = false;
    const auto kept = change_known(session, user.subject, "no code was given",
                                   [&](const Account& present) -> Result<Rewrite> {
                                       State next = present.state;
                                       replaces = is_waiting(next.registration, now);
                                       next.registration = made->grant;
                                       return WriteState{std::move(next)};
                                   });
    if (!kept) return kept.error();
    audit("invite", user.name(), "until=" + utc_second(made->grant.until));
    return report(user, *made, replaces);
}

}  // namespace

Exit invite(const Command& command, const Invocation& invocation) {
    auto options = json_option("{\"user\", \"changed\", \"until\", \"replaced\", \"code\"}");
    add_valid_option(options, registration_validity);
    add_other_person_option(options);
    const auto user = one_user(command, invocation, options);
    if (!user) return user.error();
    const auto valid = valid_for(user->arguments, registration_validity);
    if (!valid) return valid.error();
    ::signal(SIGPIPE, SIG_IGN);  // a code that is stored must be told of, not end with a closed pipe
    return run_with_store(user->config, [&](StoreSession& session) { return give(session, *user, *valid); });
}

}  // namespace secondstep::tool
