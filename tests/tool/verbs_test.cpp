// The table of verbs, compared with what is said about them: in the help, and by hand in the manual pages.

#include <gmock/gmock.h>

#include <algorithm>
#include <iterator>
#include <regex>
#include <set>

#include "base/text.h"
#include "support/manual_page.h"
#include "tool_world.h"
#include "verb_calls.h"

using ::testing::Contains;
using ::testing::ContainsRegex;
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

// In a regular expression of POSIX.
std::string as_pattern(const std::string& plain) {
    std::string result;
    for (const char c : plain) {
        if (std::string_view(".[]|*+?(){}^$\\").find(c) != std::string_view::npos) result += '\\';
        result += c;
    }
    return result;
}

std::set<std::string> option_names(const Command& command) {
    std::set<std::string> names;
    for (const HelpOption& option : options_of(command))
        names.insert(option.name);
    return names;
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
        EXPECT_THAT(help, ContainsRegex("\n  " + as_pattern(call) + "[ \n]"));
        EXPECT_THAT(help, HasSubstr(text(command.summary) + "\n"));
        const std::string verb(command.verb);
        const std::string one = run_program({SECONDSTEP_TOOL, verb, "--help"}).out;
        EXPECT_THAT(
            one, StartsWith("Usage: secondstep " + call + " [options]\n  " + text(command.summary) + "\n"));
        EXPECT_EQ(run_program({SECONDSTEP_TOOL, "help", verb}).out, one);
        EXPECT_THAT(option_names(command), Contains("--help")) << verb;
        EXPECT_THAT(one, HasSubstr("\nExample:\n  secondstep " + verb)) << verb;
        EXPECT_THAT(one, HasSubstr("\nExit status: 0 done, "));
        const std::string unbroken = std::regex_replace(one, std::regex("\n {10,}"), " ");
        for (const tool::FirstWord& word : command.first_words)
            EXPECT_THAT(unbroken, ContainsRegex("\n  " + text(word.word) + " .*" +
                                                as_pattern(text(word.summary)) + "\n"));
    }
}

TEST(Verbs, OfAPortalHaveAnExampleEach) {
    for (const tool::FirstWord& word : tool::find_command("portal")->first_words) {
        const std::string verb(word.word);
        const std::string help = run_program({SECONDSTEP_TOOL, "portal", verb, "--help"}).out;
        EXPECT_THAT(help, HasSubstr("\nExample:\n  secondstep portal " + verb + " ")) << verb;
    }
}

TEST(Verbs, SayHowMuchAValueMayBe) {
    const std::vector<std::pair<Words, Words>> told{
        {{"invite"}, {"at most 30d; default 24h"}},
        {{"re-enroll"}, {"at most 30d; default 24h"}},
        {{"temporary-code"}, {"at most 7d; default 8h"}},
        {{"enroll"}, {"64 bytes at most", "6|7|8", "15 to 120", "4 at most"}},
        {{"portal", "add"}, {"at most 10m; default 10m"}},
        {{"fleet"}, {"at most 1000", "at most 30d (default 2h)"}},
    };
    for (const auto& [verb, limits] : told) {
        Words call{SECONDSTEP_TOOL};
        call.insert(call.end(), verb.begin(), verb.end());
        call.emplace_back("--help");
        const std::string help = std::regex_replace(run_program(call).out, std::regex("\n +"), " ");
        for (const std::string& limit : limits)
            EXPECT_THAT(help, HasSubstr(limit)) << verb.front();
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

TEST(Verbs, NameTheFirstWordsInTheirOperands) {
    for (const Command& command : tool::commands()) {
        const Words first = alternatives(command);
        if (first.empty()) continue;
        Words listed;
        for (const tool::FirstWord& word : command.first_words)
            listed.emplace_back(word.word);
        EXPECT_EQ(listed, first) << command.verb;
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
