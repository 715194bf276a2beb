#include "stacks/libpam_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>

using ::testing::ElementsAre;

namespace secondstep::tool {

namespace {

// What a library holds, as far as it matters here: words that end with a NUL.
std::string library(std::initializer_list<std::string_view> words) {
    std::string bytes(
        "\x7f"
        "ELF\0",
        5);
    for (const std::string_view word : words)
        bytes += std::string(word) + '\0';
    return bytes;
}

constexpr std::string_view before_1_6 = "maximum level of substacks reached";
constexpr std::string_view since_1_6 = "maximum level of inclusions reached";

TEST(LibpamRules, OfDebian12) {
    const auto rules =
        rules_of_library(library({before_1_6, "@include", "/etc/pam.d/%s", "/usr/lib/pam.d/%s", "%s/%s"}));
    ASSERT_TRUE(rules);
    EXPECT_TRUE(rules->debian);
    EXPECT_FALSE(rules->since_1_6);
    EXPECT_THAT(rules->directories, ElementsAre("/etc/pam.d", "/usr/lib/pam.d"));
}

TEST(LibpamRules, OfFedora41) {
    const auto rules = rules_of_library(library({"/usr/lib/pam.d/%s", "/etc/pam.d/%s", since_1_6}));
    ASSERT_TRUE(rules);
    EXPECT_FALSE(rules->debian);
    EXPECT_TRUE(rules->since_1_6);
    EXPECT_THAT(rules->directories, ElementsAre("/etc/pam.d", "/usr/lib/pam.d"));
}

// The linker lets "/etc/pam.d/%s" be the end of "/usr/etc/pam.d/%s"; and the vendor's directory is the last.
TEST(LibpamRules, OfOpenSuseWithADirectoryOfItsVendor) {
    const auto rules = rules_of_library(library({"/usr/etc/pam.d/%s", "/usr/lib/pam.d/%s", since_1_6}));
    ASSERT_TRUE(rules);
    EXPECT_THAT(rules->directories, ElementsAre("/etc/pam.d", "/usr/lib/pam.d", "/usr/etc/pam.d"));
}

TEST(LibpamRules, AreNotGuessed) {
    EXPECT_FALSE(rules_of_library(""));
    EXPECT_FALSE(rules_of_library(library({before_1_6})));
    EXPECT_FALSE(rules_of_library(library({"/etc/pam.d/%s"})));
    EXPECT_FALSE(rules_of_library(library({"/etc/pam.d/%s", before_1_6, since_1_6})));
}

TEST(LibpamRules, AServiceIsTheLastPartOfANameInLowerCase) {
    EXPECT_EQ(service_name("sshd"), "sshd");
    EXPECT_EQ(service_name("SSHD"), "sshd");
    EXPECT_EQ(service_name("/usr/sbin/Cron"), "cron");
    EXPECT_EQ(service_name("../../tmp/x"), "x");
    EXPECT_EQ(service_name("x/"), "");
}

}  // namespace

}  // namespace secondstep::tool
