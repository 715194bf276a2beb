#include <boost/program_options/value_semantic.hpp>

#include "access/service_child.h"
#include "access/service_dialogue.h"
#include "access/store_session.h"
#include "base/text.h"
#include "console/arguments.h"
#include "console/json_text.h"
#include "console/output.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

po::options_description try_login_options() {
    po::options_description known("Options");
    auto add = known.add_options();
    add("service", po::value<std::string>()->value_name("SERVICE")->default_value("secondstep-try"),
        "the PAM service to name, for rules that ask for one");
    add("rhost", po::value<std::string>()->value_name("HOST")->default_value(""),
        "the remote host to name; default: none, this machine");
    add("first-factor", po::bool_switch(),
        "as behind first_factor=passed: codes are sent by mail and SMS, and ? offers all it can");
    add("json", po::bool_switch(), "{\"user\", \"service\", \"verdict\"}");
    return known;
}

struct Ending {
    Exit status;
    std::string_view word;
    std::string_view sentence;
};
Ending ending_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::accepted:
            return {Exit::done, "accepted", "Accepted: a login would go on. The code is used up."};
        case Verdict::refused:
            return {Exit::refused, "refused",
                    "Refused: a login would fail here. The service's log has the reason."};
        case Verdict::not_needed:
            return {
                Exit::not_enrolled, "not_needed",
                "No second step was asked for: nobody is enrolled under this name, or a rule exempts it."};
        case Verdict::cancelled:
            return {Exit::refused, "cancelled", "Cancelled."};
        case Verdict::not_allowed:
            return {Exit::not_allowed, "not_allowed",
                    "You may try this for your own account only: run as root."};
        case Verdict::misconfigured:
            return {Exit::unavailable, "misconfigured", "The configuration is wrong: run secondstep doctor."};
        case Verdict::unavailable:
            break;
    }
    return {Exit::unavailable, "unavailable", "The service cannot tell: run secondstep doctor."};
}

Exit report(const wire::Hello& hello, Verdict verdict, bool json) {
    const Ending ending = ending_of(verdict);
    if (json)
        out().verbatim(dump({{"user", hello.user}, {"service", hello.service}, {"verdict", ending.word}}));
    if (ending.status == Exit::done) {
        (json ? err() : out()).line(ending.sentence);
        return Exit::done;
    }
    return complain(ending.status, ending.sentence);
}

Exit try_it(const Config& config, const Arguments& arguments, const AccountName& account) {
    auto dialogue = ServiceDialogue::open(config, arguments.invocation());
    if (!dialogue) return dialogue.error();
    wire::Hello hello = hello_from_here(account.text(), *arguments.text("service"));
    hello.rhost = *arguments.text("rhost");
    hello.first_factor_passed = arguments.is_on("first-factor");
    Output& screen = arguments.is_on("json") ? err() : out();
    screen.line("This is a real login attempt of " + printable(hello.user) +
                ": a right code is used up by it.");
    const auto verdict = dialogue->run(hello, screen, [](const Secret&) {});
    if (!verdict) return verdict.error();
    return report(hello, *verdict, arguments.is_on("json"));
}

}  // namespace

Exit try_login(const Command& command, const Invocation& invocation) {
    const auto arguments = Arguments::parse(command, invocation, try_login_options(), {1, 1});
    if (!arguments) return arguments.error();
    const auto account = AccountName::create(arguments->operands().front());
    if (!account) return complain(Exit::usage, "not a user name: " + account.error().detail);
    const auto config = configuration(arguments->invocation());
    if (!config) return config.error();
    return run_as_caller([&] { return try_it(*config, *arguments, *account); });
}

}  // namespace secondstep::tool
