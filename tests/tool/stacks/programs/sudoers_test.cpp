#include "stacks/programs/sudoers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "stacks/programs/sudo_findings.h"

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace secondstep::tool {

namespace {

using Files = std::map<std::string, std::string>;

Sudoers sudoers_of(const Files& files) {
    return Sudoers::read(
        "/e/sudoers",
        [&files](const std::string& path) -> std::optional<std::string> {
            const auto found = files.find(path);
            if (found == files.end()) return std::nullopt;
            return found->second;
        },
        [&files](const std::string& folder) -> std::optional<std::vector<std::string>> {
            std::vector<std::string> names;
            for (const auto& [path, text] : files)
                if (path.starts_with(folder + "/")) names.push_back(path.substr(folder.size() + 1));
            if (names.empty()) return std::nullopt;
            return names;
        });
}

SudoAsks asked(const std::string& text) {
    return sudoers_of({{"/e/sudoers", text}}).for_everybody().whom;
}

TEST(SudoersFile, WhoCallsIsAskedUnlessAFlagSaysSo) {
    EXPECT_EQ(asked("Defaults env_reset\nroot ALL=(ALL:ALL) ALL\n"), SudoAsks::caller);
    EXPECT_EQ(asked("Defaults targetpw\n"), SudoAsks::target);
    EXPECT_EQ(asked("Defaults rootpw\n"), SudoAsks::root);
    EXPECT_EQ(asked("Defaults\trunaspw\n"), SudoAsks::default_account);
    EXPECT_EQ(asked("Defaults env_reset, badpass_message=\"no, targetpw\", targetpw # why\n"),
              SudoAsks::target);
    EXPECT_EQ(asked("Defaults badpass_message=\"no, targetpw\"\n"), SudoAsks::caller);
    EXPECT_EQ(asked("Defaults \\\n  targetpw\n"), SudoAsks::target);
}

TEST(SudoersFile, WhatIsNotSaidOfEverybodyIsNot) {
    for (const char* line : {"# Defaults targetpw", "Defaults !targetpw", "Defaults !!!targetpw",
                             "Defaults:alice targetpw", "Defaults@web01 targetpw", "Defaults>root targetpw",
                             "Defaults!/bin/id targetpw", "Defaults:a, b targetpw", "Defaultstargetpw",
                             "Defaults targetpw_x", "Defaults lecture=targetpw", "%targetpw ALL=(ALL) ALL"})
        EXPECT_EQ(asked(std::string(line) + "\n"), SudoAsks::caller) << line;
}

TEST(SudoersFile, TheLastLineOfAFlagCountsAndRootpwBeforeTheOthers) {
    EXPECT_EQ(asked("Defaults targetpw\nDefaults !targetpw\n"), SudoAsks::caller);
    EXPECT_EQ(asked("Defaults !targetpw\nDefaults targetpw\n"), SudoAsks::target);
    EXPECT_EQ(asked("Defaults targetpw, rootpw\n"), SudoAsks::root);
    EXPECT_EQ(asked("Defaults targetpw, runaspw\n"), SudoAsks::default_account);
}

TEST(SudoersFile, SaysOfSomeWhereItStands) {
    const Sudoers sudoers = sudoers_of({{"/e/sudoers", "\nDefaults:alice, bob !lecture, targetpw\n"}});
    ASSERT_TRUE(sudoers.for_some());
    EXPECT_EQ(sudoers.for_some()->whom, SudoAsks::target);
    EXPECT_EQ(sudoers.for_some()->line, 2U);
    EXPECT_FALSE(sudoers_of({{"/e/sudoers", "Defaults:alice !targetpw\n"}}).for_some());
}

TEST(SudoersFile, FollowsIncludesAsSudoDoes) {
    const Files files{{"/e/sudoers", "#includedir /e/sudoers.d\n@include more\n"},
                      {"/e/sudoers.d/a.bak", "Defaults rootpw\n"},
                      {"/e/sudoers.d/a~", "Defaults rootpw\n"},
                      {"/e/sudoers.d/b", "Defaults targetpw\n"},
                      {"/e/more", "@include \"/e/none\"\n# include nothing\n"}};
    const Sudoers sudoers = sudoers_of(files);
    EXPECT_EQ(sudoers.for_everybody().whom, SudoAsks::target);
    EXPECT_EQ(sudoers.for_everybody().file, "/e/sudoers.d/b");
    EXPECT_THAT(sudoers.unread(), ElementsAre("/e/none"));
}

TEST(SudoersFile, OneThatIncludesItselfEnds) {
    EXPECT_THAT(sudoers_of({{"/e/sudoers", "@include /e/sudoers\n"}}).unread(), SizeIs(1));
}

TEST(SudoersFile, SudoItselfIsUnderstood) {
    const std::string head = "Sudo version 1.9.13p3\nSudoers path: /etc/sudoers\nLog settings\n";
    EXPECT_EQ(asked_by_settings_of_sudo(head), SudoAsks::caller);
    EXPECT_EQ(asked_by_settings_of_sudo(head + "Prompt for the target user's password, not the users's\n"),
              SudoAsks::target);
    EXPECT_EQ(asked_by_settings_of_sudo(head + "Prompt for root's password, not the users's\n"),
              SudoAsks::root);
    EXPECT_EQ(
        asked_by_settings_of_sudo(head + "Prompt for the runas_default user's password, not the users's\n"),
        SudoAsks::default_account);
    EXPECT_EQ(asked_by_settings_of_sudo("Sudo version 1.9.13p3\n"), std::nullopt)
        << "what others than root see";
}

TEST(SudoFindings, WhoseCodeItIs) {
    EXPECT_THAT(sudo_findings({}), IsEmpty());
    const Remarks all = sudo_findings({{SudoAsks::target, "/e/sudoers", 7}, std::nullopt});
    ASSERT_THAT(all, SizeIs(1));
    EXPECT_EQ(all[0].finding, Finding::somebody_elses_code);
    EXPECT_EQ(all[0].line, 7U);
    EXPECT_THAT(all[0].text, HasSubstr("the account that the command runs as"));
    EXPECT_THAT(all[0].mend, HasSubstr("Defaults !targetpw"));
    EXPECT_THAT(all[0].now, IsEmpty()) << "nothing of sudoers is quoted";
    const Remarks some = sudo_findings({{}, Sudoers::Answer{SudoAsks::root, "/e/sudoers", 2}});
    ASSERT_THAT(some, SizeIs(1));
    EXPECT_THAT(some[0].text, HasSubstr("some people"));
}

}  // namespace

}  // namespace secondstep::tool
