#include "oracle/mistakes.h"

#include <algorithm>
#include <functional>

#include "oracle/pam_codes.h"
#include "stacks/pam_walk.h"

namespace secondstep::testing {
namespace {

using tool::Reaction;
using tool::StackLine;
using Kind = Reaction::Kind;
using Lines = std::vector<StackLine>;

std::string action(const Reaction& reaction) {
    switch (reaction.kind) {
        case Kind::ignore:
            return "ignore";
        case Kind::ok:
            return "ok";
        case Kind::done:
            return "done";
        case Kind::bad:
            return "bad";
        case Kind::die:
            return "die";
        case Kind::reset:
            return "reset";
        case Kind::jump:
            // None is what the number -7 is to libpam before 1.6.0.
            return reaction.jump == 0 ? "4294967289" : std::to_string(reaction.jump);
    }
    return {};
}

using Change = std::function<Reaction(std::size_t code, const Reaction&)>;

Mistake in_every_control(const Change& change, const tool::LibpamRules& rules) {
    return [change, rules](Lines& lines) {
        for (StackLine& line : lines) {
            std::string text;
            for (std::size_t code = 0; code < tool::pam_codes; ++code) {
                const Reaction right = line.control.on(static_cast<tool::PamCode>(code));
                text += std::string(pam_code_names[code]) + "=" + action(change(code, right)) + " ";
            }
            line.control = tool::Control::of_value(text, rules).value();
        }
    };
}

Change instead_of(Kind kind, Kind wrong) {
    return [kind, wrong](std::size_t, const Reaction& right) {
        return right.kind == kind ? Reaction{wrong, 1} : right;
    };
}

Change longer_jumps() {
    return [](std::size_t, const Reaction& right) {
        return right.kind == Kind::jump && right.jump > 0 && right.jump < 100
                   ? Reaction{Kind::jump, right.jump + 1}
                   : right;
    };
}

// A module that is not there takes part as if it had said nothing.
Change missing_ignored() {
    return [](std::size_t code, const Reaction& right) {
        return code == static_cast<std::size_t>(tool::answer_of_missing) ? Reaction{Kind::ignore} : right;
    };
}

Mistake left_out(StackLine::Kind kind) {
    return [kind](Lines& lines) {
        std::erase_if(lines, [&](const StackLine& line) { return line.kind == kind; });
    };
}

void without_substacks(Lines& lines) {
    for (StackLine& line : lines)
        line.level = 0;
}

void without_the_last(Lines& lines) {
    if (!lines.empty()) lines.pop_back();
}

void first_one_later(Lines& lines) {
    if (lines.size() > 1) std::swap(lines[0], lines[1]);
}

std::vector<MadeMistake> wrong_rules(const tool::LibpamRules& rules) {
    tool::LibpamRules other_version = rules;
    other_version.since_1_6 = !rules.since_1_6;
    tool::LibpamRules other_patch = rules;
    other_patch.debian = !rules.debian;
    tool::LibpamRules one_directory = rules;
    one_directory.directories.resize(1);
    tool::LibpamRules other_order = rules;
    std::ranges::reverse(other_order.directories);
    return {{"RulesOfAnotherVersion", {other_version}},
            {"RulesOfAnotherDistribution", {other_patch}},
            {"RulesOfOneDirectory", {one_directory}},
            {"RulesOfAnotherOrder", {other_order}}};
}

}  // namespace

std::vector<MadeMistake> every_mistake(const tool::LibpamRules& rules) {
    std::vector<MadeMistake> all = wrong_rules(rules);
    const auto add = [&](std::string name, Mistake mistake) {
        all.push_back({std::move(name), {.supposed = rules, .mistake = std::move(mistake)}});
    };
    const auto add_change = [&](std::string name, const Change& change) {
        add(std::move(name), in_every_control(change, rules));
    };
    add_change("IgnoreIsOk", instead_of(Kind::ignore, Kind::ok));
    add_change("OkIsDone", instead_of(Kind::ok, Kind::done));
    add_change("OkIsIgnored", instead_of(Kind::ok, Kind::ignore));
    add_change("DoneIsOk", instead_of(Kind::done, Kind::ok));
    add_change("BadIsDie", instead_of(Kind::bad, Kind::die));
    add_change("BadIsIgnored", instead_of(Kind::bad, Kind::ignore));
    add_change("DieIsBad", instead_of(Kind::die, Kind::bad));
    add_change("ResetIsIgnored", instead_of(Kind::reset, Kind::ignore));
    add_change("JumpIsIgnored", instead_of(Kind::jump, Kind::ignore));
    add_change("JumpIsOk", instead_of(Kind::jump, Kind::ok));
    add_change("JumpsAreLonger", longer_jumps());
    add_change("MissingModulesAreIgnored", missing_ignored());
    add("SubstacksAreIncludes", without_substacks);
    add("SubstacksCountForNothing", left_out(StackLine::Kind::substack));
    add("BrokenLinesCountForNothing", left_out(StackLine::Kind::broken));
    add("TheLastLineIsNotRead", without_the_last);
    add("TheFirstLinesAreExchanged", first_one_later);
    return all;
}

MadeMistake no_mistake(const tool::LibpamRules& rules) {
    const Change none = [](std::size_t, const Reaction& right) { return right; };
    return {"None", {.supposed = rules, .mistake = in_every_control(none, rules)}};
}

}  // namespace secondstep::testing
