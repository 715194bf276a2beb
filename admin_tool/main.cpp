#include <clocale>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command.h"
#include "completions/completions.h"
#include "completions/recorded_names.h"
#include "console/exit_status.h"
#include "console/help_text.h"
#include "console/output.h"
#include "console/similar_word.h"
#include "console/terminal.h"
#include "console/wrapped_lines.h"
#include "paths.h"
#include "people/invoker.h"
#include "process/child.h"

namespace secondstep::tool {

namespace {

constexpr std::string_view config_option = "--config";

// "enroll, status and code": what people run for themselves.
std::string own_verbs() {
    std::string text;
    std::string_view last;
    for (const Command& command : commands()) {
        if (command.who != Who::owner) continue;
        if (!last.empty()) text += (text.empty() ? "" : ", ") + std::string(last);
        last = command.verb;
    }
    return text + " and " + std::string(last);
}

Exit print_help() {
    const std::size_t columns = terminal_of(out().fd()).columns;
    std::string text =
        "Usage: secondstep VERB [USER] [options]\n" +
        wrapped("The second step of a login: one-time passwords and recovery codes.", columns) + "\n";
    HelpRows verbs(text, columns, 22);
    for (const Command& command : commands()) {
        const std::string operands(command.operands);
        verbs.add(std::string(command.verb) + (operands.empty() ? "" : " ") + operands, command.summary);
    }
    text += "\n";
    HelpRows options(text, columns, 22);
    options.add("--config FILE", "instead of " + std::string(paths::config_file));
    options.add("--version", "the version");
    text += "\n" +
            wrapped("People run " + own_verbs() +
                        " for themselves; everything else, and for others, is for root.",
                    columns) +
            wrapped("secondstep VERB --help tells about the options of a verb.", columns) +
            exit_status_help(columns);
    out().write(text);
    return Exit::done;
}

Exit unknown_verb(const std::string& verb) {
    std::vector<std::string> known{"help"};
    for (const Command& command : commands())
        known.emplace_back(command.verb);
    return complain(Exit::usage, "there is no verb \"" + verb + "\"" + did_you_mean(verb, known) +
                                     "; see secondstep help");
}

// For the build, which makes the files that shells read, and for these files.
Exit print_completions(const Invocation& invocation) {
    const auto& words = invocation.arguments;
    if (words.size() == 2 && words.front() == "users") return print_recorded_names(invocation, words.back());
    const auto text = words.size() == 1 ? completions_for(words.front(), commands()) : std::nullopt;
    if (!text) return complain(Exit::usage, "completions takes bash, zsh or fish");
    out().write(*text);
    return unless_unwritten();
}

// `secondstep help VERB` is `secondstep VERB --help`.
Exit run_verb(std::string verb, Invocation invocation) {
    if (verb == "help" || verb == "--help" || verb == "-h") {
        if (invocation.arguments.empty()) return print_help();
        verb = invocation.arguments.front();
        if (verb == "--help" || verb == "-h") return print_help();
        invocation.arguments = {"--help"};
    }
    if (verb == "completions") return print_completions(invocation);
    const Command* command = find_command(verb);
    if (command == nullptr) return unknown_verb(verb);
    return command->run(*command, invocation);
}

Exit print_version() {
    out().line(std::string("secondstep ") + paths::version);
    return Exit::done;
}

// Options that stand before the verb, then the verb.
Exit run(const std::vector<std::string>& words) {
    Invocation invocation{.config_path = paths::config_file, .arguments = {}};
    std::size_t at = 0;
    for (; at < words.size() && words[at].starts_with(config_option); ++at) {
        const std::string& word = words[at];
        if (word.size() > config_option.size() + 1 && word[config_option.size()] == '=') {
            invocation.config_path = word.substr(config_option.size() + 1);
        } else if (word == config_option && at + 1 < words.size()) {
            invocation.config_path = words[++at];
        } else {
            return complain(Exit::usage, "--config takes the name of a file");
        }
    }
    if (at == words.size()) {
        print_help();
        return Exit::usage;
    }
    if (words[at] == "--version") return print_version();
    invocation.arguments.assign(words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end());
    return run_verb(words[at], std::move(invocation));
}

}  // namespace

}  // namespace secondstep::tool

int main(int argc, char** argv) {
    secondstep::process::forget_inherited_signals();
    using secondstep::tool::Exit;
    try {
        // Only the character set: numbers and messages stay as they are.
        std::setlocale(LC_CTYPE, "");  // NOLINT(concurrency-mt-unsafe)
        secondstep::tool::remember_invoker();
        return static_cast<int>(secondstep::tool::run({argv + 1, argv + argc}));
    } catch (const std::exception& problem) {
        return static_cast<int>(secondstep::tool::complain(
            Exit::unavailable, std::string("unexpected problem: ") + problem.what()));
    }
}
