#include <algorithm>
#include <clocale>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "command.h"
#include "console/exit_status.h"
#include "console/output.h"
#include "paths.h"
#include "people/invoker.h"
#include "process/child.h"

namespace secondstep::tool {

namespace {

constexpr std::string_view config_option = "--config";

// Broken at blanks, as wide as an old terminal.
std::string wrapped(std::string_view text) {
    std::string lines;
    std::size_t room = 80;
    for (const std::string_view word : split(text, ' ')) {
        const bool fits = !lines.empty() && word.size() < room;
        if (!lines.empty()) lines += fits ? ' ' : '\n';
        room = (fits ? room - 1 : 80) - word.size();
        lines += word;
    }
    return lines + '\n';
}

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
    std::string text =
        "Usage: secondstep VERB [USER] [options]\n"
        "The second step of a login: one-time passwords and recovery codes.\n\n";
    for (const Command& command : commands()) {
        std::string call(command.verb);
        if (!command.operands.empty()) call += " " + std::string(command.operands);
        call.resize(std::max(call.size() + 2, std::size_t{24}), ' ');
        text += "  " + call + std::string(command.summary) + "\n";
    }
    text += "\n  --config FILE           instead of " + std::string(paths::config_file) +
            "\n  --version               the version\n"
            "\n" +
            wrapped("People run " + own_verbs() +
                    " for themselves; everything else, and for others, is for root.") +
            "\nsecondstep VERB --help tells about the options of a verb.\n"
            "Exit status: 0 done, 1 refused or not confirmed, 2 usage, 3 no such user,\n"
            "4 store or service unavailable, 5 not allowed, 6 not enrolled.\n";
    out().write(text);
    return Exit::done;
}

Exit unknown_verb(const std::string& verb) {
    return complain(Exit::usage, "there is no verb \"" + verb + "\"; see secondstep help");
}

// `secondstep help VERB` is `secondstep VERB --help`.
Exit run_verb(std::string verb, Invocation invocation) {
    if (verb == "help" || verb == "--help" || verb == "-h") {
        if (invocation.arguments.empty()) return print_help();
        verb = invocation.arguments.front();
        invocation.arguments = {"--help"};
    }
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
    Invocation invocation{paths::config_file, {}};
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
