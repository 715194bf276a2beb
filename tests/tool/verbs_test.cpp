// The table of verbs, compared with what is written by hand about them: completion and manual pages.

#include <gmock/gmock.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "base/text.h"
#include "support/manual_page.h"
#include "tool_world.h"
#include "verb_calls.h"

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

namespace secondstep::testing {

namespace {

using tool::Command;
using tool::Group;
using Words = std::vector<std::string>;

std::string text(std::string_view view) {
    return std::string(view);
}

std::set<std::string> option_names(const Command& command) {
    std::set<std::string> names;
    for (const HelpOption& option : options_of(command))
        names.insert(option.name);
    return names;
}

// What bash offers for the last of these words.
std::set<std::string> completions(const Words& words) {
    std::string script = "source '" SECONDSTEP_SOURCE_DIR "/etc/completions/secondstep.bash'; COMP_WORDS=(";
    for (const std::string& word : words)
        script += " '" + word + "'";
    script += "); COMP_CWORD=" + std::to_string(words.size() - 1) +
              "; _secondstep; ((${#COMPREPLY[@]} == 0)) || printf '%s\n' \"${COMPREPLY[@]}\"";
    const Finished done = run_program({"/bin/bash", "--norc", "-c", script});
    EXPECT_EQ(done.err, "") << script;
    const Words lines = lines_of(done.out);
    return {lines.begin(), lines.end()};
}

std::set<std::string> without(const std::set<std::string>& all, const std::set<std::string>& some) {
    std::set<std::string> rest;
    std::ranges::set_difference(all, some, std::inserter(rest, rest.end()));
    return rest;
}

TEST(Verbs, AreAllInTheHelpAsTheTableHasThem) {
    const std::string help = run_program({SECONDSTEP_TOOL, "help"}).out;
    for (const Command& command : tool::commands()) {
        const std::string call =
            text(command.verb) + (command.operands.empty() ? "" : " ") + text(command.operands);
        EXPECT_THAT(help, HasSubstr("\n  " + call + " "));
        EXPECT_THAT(help, HasSubstr(text(command.summary) + "\n"));
        const std::string verb(command.verb);
        const std::string one = run_program({SECONDSTEP_TOOL, verb, "--help"}).out;
        EXPECT_THAT(
            one, StartsWith("Usage: secondstep " + call + " [options]\n  " + text(command.summary) + "\n"));
        EXPECT_EQ(run_program({SECONDSTEP_TOOL, "help", verb}).out, one);
        EXPECT_THAT(option_names(command), Contains("--help")) << verb;
    }
}

TEST(Verbs, AreCompleted) {
    std::set<std::string> expected{"help", "--config", "--help", "--version"};
    for (const Command& command : tool::commands())
        expected.insert(text(command.verb));
    const auto offered = completions({"secondstep", ""});
    EXPECT_THAT(without(expected, offered), IsEmpty()) << "missing in etc/completions/secondstep.bash";
    EXPECT_THAT(without(offered, expected), IsEmpty()) << "no verbs, in etc/completions/secondstep.bash";
}

TEST(Verbs, AreCompletedWithTheirOptions) {
    for (const Command& command : tool::commands()) {
        const std::set<std::string> known = option_names(command);
        const auto offered = completions({"secondstep", text(command.verb), "-"});
        EXPECT_THAT(without(offered, known), IsEmpty())
            << "no options of " << command.verb << ", in etc/completions/secondstep.bash";
        if (command.verb == "code") continue;  // is `portal code`, and shares its table
        EXPECT_THAT(without(known, offered), IsEmpty())
            << "options of " << command.verb << " that are missing in etc/completions/secondstep.bash";
    }
}

// The first words that are not operands but what to do: "list|drop" => {"list", "drop"}.
Words alternatives(const Command& command) {
    const std::string_view first = split(command.operands, ' ').front();
    if (first.find('|') == first.npos || first.find_first_of("[-") != first.npos) return {};
    Words all;
    for (const std::string_view word : split(first, '|'))
        all.emplace_back(word);
    return all;
}

TEST(Verbs, AreCompletedWithWhatTheyAreAbout) {
    for (const Command& command : tool::commands()) {
        Words words{"secondstep", text(command.verb)};
        const Words first = alternatives(command);
        if (!first.empty()) {
            words.emplace_back("");
            EXPECT_EQ(completions(words), std::set(first.begin(), first.end())) << command.verb;
            words.back() = first.front();
        }
        words.emplace_back("roo");
        const bool names = command.group == Group::people || command.operands.starts_with("USER");
        EXPECT_EQ(completions(words), (names ? std::set<std::string>{"root"} : std::set<std::string>{}))
            << command.verb;
    }
}

std::string heading_of(Group group) {
    switch (group) {
        case Group::people:
            return "People and their second steps";
        case Group::portals:
            return "Portals";
        case Group::moving:
            return "Moving in and out";
        case Group::installation:
            return "The installation";
    }
    return "";
}

std::string without_blanks(std::string text) {
    std::erase(text, ' ');
    return text;
}

// How secondstep(8) has to begin an entry: "unlock USER"; "clients list" and "clients drop [USER [ADDRESS]]".
Words entries_of(const Command& command) {
    const Words first = alternatives(command);
    if (first.empty()) return {text(command.verb) + " " + text(command.operands)};
    Words entries;
    for (const std::string& word : first)
        entries.push_back(text(command.verb) + " " + word);
    entries.back() += command.operands.substr(command.operands.find(' '));
    return entries;
}

bool is_about(const ManualPage::Item& item, const Command& command) {
    return (item.heading + " ").starts_with(text(command.verb) + " ");
}

TEST(Verbs, StandInTheManualPageUnderTheHeadingOfTheirGroup) {
    const ManualPage page("secondstep.8");
    for (const Command& command : tool::commands()) {
        Words headings;
        for (const ManualPage::Item& item : page.items()) {
            if (item.subsection == heading_of(command.group) && is_about(item, command))
                headings.push_back(without_blanks(item.heading));
        }
        for (const std::string& entry : entries_of(command))
            EXPECT_THAT(headings, Contains(StartsWith(without_blanks(entry))))
                << "secondstep(8), " << heading_of(command.group);
    }
}

TEST(Verbs, StandInTheManualPageWithTheirOptions) {
    const ManualPage page("secondstep.8");
    const ManualPage of_portals("secondstep-portal.1");
    for (const Command& command : tool::commands()) {
        std::set<std::string> told{"--help", "--config", "--json"};  // of every verb, in the description
        for (const ManualPage::Item& item : page.items()) {
            if (is_about(item, command)) told.insert(item.options.begin(), item.options.end());
        }
        if (command.group == Group::portals) told.merge(std::set(of_portals.options()));
        EXPECT_THAT(without(option_names(command), told), IsEmpty())
            << "options of " << command.verb << " that are missing in secondstep(8)";
    }
}

TEST(Verbs, StandInTheManualPageAloneAndWithNoOtherOptions) {
    const ManualPage page("secondstep.8");
    for (const ManualPage::Item& item : page.items()) {
        if (item.section != "DESCRIPTION") continue;
        const std::string verb(split(item.heading, ' ').front());
        const Command* command = tool::find_command(verb);
        ASSERT_NE(command, nullptr) << "secondstep(8) has " << item.heading;
        EXPECT_THAT(without(item.options, option_names(*command)), IsEmpty())
            << "no options of " << verb << ", in secondstep(8)";
    }
}

TEST(Verbs, OfPeopleThemselvesAndNoOthersAreNamedInTheManualPage) {
    std::string told = ManualPage("secondstep.8").text_below("Your own second step");
    told.resize(told.find("for themselves"));
    std::ranges::replace_if(told, [](char c) { return c != '-' && (c < 'a' || c > 'z'); }, ' ');
    const auto words = split(told, ' ');
    for (const Command& command : tool::commands()) {
        EXPECT_EQ(std::ranges::find(words, command.verb) != words.end(), command.who == tool::Who::owner)
            << command.verb << " in secondstep(8), Your own second step";
    }
}

}  // namespace

}  // namespace secondstep::testing
