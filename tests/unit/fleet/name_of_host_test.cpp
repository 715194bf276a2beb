#include "fleet/name_of_host.h"

#include <gtest/gtest.h>

#include <string>

namespace secondstep::fleet {
namespace {

TEST(NameOfHost, IsWhatMayStandInAFileNameAndACertificate) {
    for (const char* good : {"web01", "a", "web-01.example.com", "1.2"})
        EXPECT_TRUE(is_name_of_host(good)) << good;
    for (const std::string bad : {"", ".", "..", "web01.", "-web", "web-", "web-.a", "web..a", "Web01",
                                  "web_1", "a/b", "web*", "web 1", "web\n", "w\xc3\xa9"})
        EXPECT_FALSE(is_name_of_host(bad)) << bad;
    EXPECT_TRUE(is_name_of_host(std::string(63, 'a')));
    EXPECT_FALSE(is_name_of_host(std::string(64, 'a')));
}

TEST(NameOfHost, APatternStandsForPartsOfALabel) {
    EXPECT_TRUE(is_pattern_of_hosts("web*"));
    EXPECT_TRUE(is_pattern_of_hosts("*"));
    EXPECT_FALSE(is_pattern_of_hosts("web01"));
    EXPECT_FALSE(is_pattern_of_hosts("web?*"));
    EXPECT_TRUE(matches("web*", "web"));
    EXPECT_TRUE(matches("web*", "web01"));
    EXPECT_TRUE(matches("w*b*1", "web01"));
    EXPECT_TRUE(matches("*.example.com", "web01.example.com"));
    EXPECT_FALSE(matches("web*", "web01.example.com"));
    EXPECT_FALSE(matches("*", "web01.example.com"));
    EXPECT_FALSE(matches("web*", "db01"));
    EXPECT_FALSE(matches("web*1", "web02"));
    EXPECT_FALSE(matches("web01", "web012"));
}

}  // namespace
}  // namespace secondstep::fleet
