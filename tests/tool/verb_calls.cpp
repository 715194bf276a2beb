#include "verb_calls.h"

#include <algorithm>
#include <map>
#include <regex>

#include "child_process.h"
#include "tool_world.h"

namespace secondstep::testing {

namespace {

using Words = std::vector<std::string>;

// What some verbs want beside a name: before it, and behind it.
struct Rest {
    Words before;
    Words behind;
};

const std::map<std::string, Rest>& rests() {
    static const std::map<std::string, Rest> all{
        {"enroll", {{}, {"--no-confirm", "--portal-user"}}},
        {"disable", {{}, {"--yes"}}},
        {"rename", {{"somebody"}, {}}},
        {"clients", {{"list"}, {}}},
        {"portal", {{"list"}, {}}},
        {"import", {{"oath", "/dev/null"}, {}}},
        {"explain", {{}, {"--service", "sshd"}}},
        {"adopt", {{"--moved"}, {}}},
        {"pam", {{"add", "sshd"}, {"--dry-run"}}},
        {"fleet", {{"hosts"}, {}}},
        {"store", {{"migrate", "/nonexistent/bundle"}, {"--to", "files"}}},
    };
    return all;
}

}  // namespace

bool takes_a_user(const tool::Command& command) {
    return command.group == tool::Group::people;
}

Words call_of(const tool::Command& command, const std::string& name, By by) {
    Words call{std::string(command.verb)};
    const auto found = rests().find(call[0]);
    const Rest rest = found == rests().end() ? Rest{} : found->second;
    call.insert(call.end(), rest.before.begin(), rest.before.end());
    if (takes_a_user(command) || command.verb == "export" || command.verb == "code") call.push_back(name);
    if (by == By::administrator || command.who != tool::Who::owner)
        call.insert(call.end(), rest.behind.begin(), rest.behind.end());
    return call;
}

std::vector<HelpOption> options_of(const tool::Command& command) {
    std::vector<HelpOption> options;
    const std::regex form("^  (?:-[a-z], )?(--[a-z-]+) ?([A-Z]+|[a-z0-9]+\\|[a-z0-9|]+)?( |$).*");
    const std::string help = run_program({SECONDSTEP_TOOL, std::string(command.verb), "--help"}).out;
    for (const std::string& line : lines_of(help)) {
        std::smatch found;
        if (std::regex_match(line, found, form)) options.push_back({found[1], found[2]});
    }
    return options;
}

bool speaks_json(const tool::Command& command) {
    return std::ranges::any_of(options_of(command),
                               [](const HelpOption& option) { return option.name == "--json"; });
}

}  // namespace secondstep::testing
