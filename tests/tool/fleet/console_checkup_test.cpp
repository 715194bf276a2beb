#include "fleet/console_checkup.h"

#include <gmock/gmock.h>

#include <string>

#include "fleet/fleet_fragment.h"

namespace secondstep::tool {
namespace {

using ::testing::HasSubstr;
using Level = Diagnosis::Level;

const std::string of_a_host = "fleet = host\nfleet_nodes = auth1=192.0.2.11:7464\n";

Diagnosis of_configuration(const std::string& text, std::size_t codes_left = 0) {
    const auto config = parse_config(text, "c");
    EXPECT_TRUE(config) << config.error().detail;
    return judged_console(*config, codes_left);
}

TEST(ConsoleCheckup, WhatSetupJoinWritesLetsRootIn) {
    const auto fragment = FleetFragment::of_host("/etc/secondstep.conf", "auth1=192.0.2.11:7464", true);
    const Diagnosis found = of_configuration(fragment.text());
    EXPECT_EQ(found.level, Level::ok);
    EXPECT_THAT(found.text, HasSubstr("root gets in at the console"));
}

TEST(ConsoleCheckup, WhereTheRuleIsMissingItSaysSoAndWhatToDo) {
    const auto fragment = FleetFragment::of_host("/etc/secondstep.conf", "auth1=192.0.2.11:7464", false);
    const Diagnosis found = of_configuration(fragment.text());
    EXPECT_EQ(found.level, Level::warning);
    EXPECT_THAT(found.text, HasSubstr("no rule lets root in at the console"));
    EXPECT_THAT(found.mend, HasSubstr("[rule console]"));
    EXPECT_THAT(found.mend, HasSubstr("break-glass --new"));
}

TEST(ConsoleCheckup, WhoeverHasLeftItOutHasBreakGlassCodes) {
    const Diagnosis found = of_configuration(of_a_host, 8);
    EXPECT_EQ(found.level, Level::ok);
    EXPECT_THAT(found.text, HasSubstr("no rule lets root in at the console"));
    EXPECT_EQ(of_configuration(of_a_host + "break_glass_users = alice\n", 8).level, Level::warning)
        << "which are not root's";
}

TEST(ConsoleCheckup, ARuleAboutOthersPlacesOrActionsIsNotIt) {
    for (const char* rule : {"networks = 10.0.0.0/8\nusers = root\naction = exempt\n",
                             "networks = local\nusers = alice\naction = exempt\n",
                             "networks = local\nusers = root\naction = allow\n"}) {
        EXPECT_EQ(of_configuration(of_a_host + "[rule console]\n" + rule).level, Level::warning) << rule;
    }
    const std::string console = "[rule console]\nnetworks = local\nusers = root\naction = exempt\n";
    EXPECT_EQ(of_configuration(of_a_host + "[rule all]\naction = require\n" + console).level, Level::warning)
        << "an earlier one decides";
    EXPECT_EQ(
        of_configuration(of_a_host + "[rule staff]\ngroups = staff\naction = require\n" + console).level,
        Level::ok)
        << "root is in no group of people";
}

}  // namespace
}  // namespace secondstep::tool
