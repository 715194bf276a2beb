#include <csignal>

#include "access/one_user.h"
#include "base/local_time.h"
#include "base/text.h"
#include "console/json_text.h"
#include "enrollment/given_code.h"
#include "people/audit.h"
#include "people/invoker.h"

namespace secondstep::tool {

namespace {

Exit report(const OneUser& user, const CodeGiven& given) {
    const GivenCode& code = given.code;
    if (user.json()) {
        const Secret words = spelled(code.text);
        out().line(
            dump_with_secrets(to_json(given, user.name()), {{"code", &code.text}, {"spelled", &words}}));
    } else {
        out().line("Temporary code for one login of " + user.name() + ":");
        show_code(out(), code);
        Secret to_read_out = Secret::copy_of("To read out: ");
        to_read_out.append(spelled(code.text).text());
        out().line(to_read_out);
        out().line("Be sure whom you give it to: it stands in for the phone.");
        if (given.replaces) out().line("The code given before is void.");
    }
    return unless_unseen("ask for another one");
}

Exit give(const StoreSession& session, const OneUser& user, std::chrono::seconds valid) {
    const SignalsHeld until_the_code_is_shown;
    if (SignalsHeld::one_is_waiting()) return Exit::refused;
    const auto given = give_code(session, user.subject, {GrantKind::temporary, valid, change_enrolled});
    if (!given) return given.error();
    audit("temporary-code", user.name(),
          "until=" + utc_second(given->code.grant.until) + " issuer=\"" + printable(caller_name()) + "\"");
    return report(user, *given);
}

}  // namespace

Exit temporary_code(const Command& command, const Invocation& invocation) {
    auto options = json_option("{\"user\", \"changed\", \"until\", \"replaced\", \"code\", \"spelled\"}");
    add_valid_option(options, temporary_validity);
    const auto user = one_user(command, invocation, options);
    if (!user) return user.error();
    const auto valid = valid_for(user->arguments, temporary_validity);
    if (!valid) return valid.error();
    ::signal(SIGPIPE, SIG_IGN);  // a code that is stored must be told of, not end with a closed pipe
    return run_for(*user, [&](StoreSession& session) { return give(session, *user, *valid); });
}

}  // namespace secondstep::tool
