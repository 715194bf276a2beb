#include <sys/ioctl.h>
#include <unistd.h>
#include <boost/program_options/value_semantic.hpp>

#include <array>
#include <variant>

#include "arguments.h"
#include "base/randomness.h"
#include "base/text.h"
#include "json_text.h"
#include "output.h"
#include "paths.h"
#include "prompt.h"
#include "service_child.h"
#include "store_session.h"
#include "wire/service_link.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

po::options_description options() {
    po::options_description known("Options");
    known.add_options()("service",
                        po::value<std::string>()->value_name("NAME")->default_value("secondstep-try"),
                        "the PAM service to name, for rules that ask for one")(
        "rhost", po::value<std::string>()->value_name("HOST")->default_value(""),
        "the remote host to name; default: none, this machine")("json", po::bool_switch(),
                                                                "{\"user\", \"service\", \"verdict\"}");
    return known;
}

std::string terminal_name() {
    std::array<char, 256> name{};
    return ::ttyname_r(STDIN_FILENO, name.data(), name.size()) == 0 ? name.data() : "";
}

wire::Hello hello_for(const AccountName& account, const Arguments& arguments) {
    SystemRandomness randomness;
    wire::Hello hello;
    hello.user = account.text();
    hello.service = *arguments.text("service");
    hello.rhost = *arguments.text("rhost");
    hello.tty = terminal_name();
    hello.attempt = randomness.array<16>();
    return hello;
}

wire::Answer answer_to(const wire::Ask& question, Output& screen) {
    auto line = ask(screen, question.text, question.echo);
    if (!line) return {wire::AnswerKind::none, {}};
    if (line->size() > wire::max_answer) return {wire::AnswerKind::too_long, {}};
    return {wire::AnswerKind::text, std::move(*line)};
}

// The dialogue up to its end.
Result<Verdict> converse(wire::ServiceLink& link, Output& screen) {
    for (;;) {
        auto message = link.receive();
        if (!message) return std::unexpected(message.error());
        if (const auto* end = std::get_if<wire::End>(&*message)) return end->verdict;
        if (const auto* show = std::get_if<wire::Show>(&*message)) {
            screen.line(show->text);
        } else if (const auto* question = std::get_if<wire::Ask>(&*message)) {
            if (auto sent = link.send(answer_to(*question, screen)); !sent)
                return std::unexpected(sent.error());
        } else {
            return fail(Errc::damaged, "the service sent something that is not for this side");
        }
    }
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
    if (json) out().line(dump({{"user", hello.user}, {"service", hello.service}, {"verdict", ending.word}}));
    if (ending.status == Exit::done) {
        (json ? err() : out()).line(ending.sentence);
        return Exit::done;
    }
    return complain(ending.status, ending.sentence);
}

Exit try_it(const Config& config, const Arguments& arguments, const AccountName& account) {
    auto link = wire::ServiceLink::open({.socket = config.socket,
                                         .service_program = paths::service_program,
                                         .config = arguments.invocation().config_path,
                                         .service_account = config.service_account});
    if (!link) {
        return complain(Exit::unavailable, "the service cannot be reached (" + link.error().detail +
                                               "); start it, or see secondstep doctor");
    }
    const wire::Hello hello = hello_for(account, arguments);
    Output& screen = arguments.is_on("json") ? err() : out();
    screen.line("This is a real login attempt of " + printable(hello.user) +
                ": a right code is used up by it.");
    if (auto sent = link->send(hello); !sent) return complain(sent.error());
    const auto verdict = converse(*link, screen);
    if (!verdict) return complain("the service broke off", verdict.error());
    return report(hello, *verdict, arguments.is_on("json"));
}

}  // namespace

Exit try_login(const Command& command, const Invocation& invocation) {
    const auto arguments = Arguments::parse(command, invocation, options(), {1, 1});
    if (!arguments) return arguments.error();
    const auto account = AccountName::create(arguments->operands().front());
    if (!account) return complain(Exit::usage, "not a user name: " + account.error().detail);
    const auto config = configuration(arguments->invocation());
    if (!config) return config.error();
    return run_as_caller([&] { return try_it(*config, *arguments, *account); });
}

}  // namespace secondstep::tool
