#include <csignal>

#include "access/earlier_record.h"
#include "access/one_user.h"
#include "base/local_time.h"
#include "console/json_text.h"
#include "enrollment/given_code.h"
#include "people/audit.h"

namespace secondstep::tool {

namespace {

Exit report(const OneUser& user, const CodeGiven& given) {
    const GivenCode& code = given.code;
    if (user.json()) {
        out().verbatim(dump_with_secrets(to_json(given, user.name()), {{"code", &code.text}}));
    } else {
        show_registration_code(out(), user.name(), code, "right after choosing how to see the key",
                               given.replaces);
    }
    return unless_unseen("invite again, which makes another");
}

Exit give(const StoreSession& session, const OneUser& user, std::chrono::seconds valid) {
    const WhoItIs who{user.subject, user.arguments.is_on("other-person"), user.json() ? err() : out()};
    if (const auto settled = settle_earlier_record(session, who); !settled) return settled.error();
    const SignalsHeld until_the_code_is_shown;
    if (SignalsHeld::one_is_waiting()) return Exit::refused;
    const auto given = give_code(session, user.subject, {GrantKind::registration, valid, change_known});
    if (!given) return given.error();
    audit("invite", user.name(), "until=" + utc_second(given->code.grant.until));
    return report(user, *given);
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
    if (const auto begun = begin_first_use(user->config); !begun) return begun.error();
    ::signal(SIGPIPE, SIG_IGN);  // a code that is stored must be told of, not end with a closed pipe
    return run_for(*user, [&](StoreSession& session) { return give(session, *user, *valid); });
}

}  // namespace secondstep::tool
