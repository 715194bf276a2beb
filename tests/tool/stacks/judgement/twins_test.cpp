#include "stacks/judgement/twins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stacks/stack_of_text.h"

using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace secondstep::tool {

namespace {

using Files = std::map<std::string, std::string>;

const std::string with = "auth requisite pam_unix.so\nauth required pam_secondstep.so\n";
const std::string without = "auth required pam_unix.so\n";

Remarks found(const Files& files) {
    std::vector<Stack> services;
    for (const auto& [name, text] : files)
        services.push_back(secondstep::testing::stack_of(name, files));
    return twins_without_code(services);
}

TEST(Twins, ATwinWithAFileOfItsOwnIsAnotherDoor) {
    for (const auto& [one, other] :
         {std::pair("su", "su-l"), std::pair("sudo", "sudo-i"), std::pair("login", "remote"),
          std::pair("gdm-password", "gdm-fingerprint"), std::pair("su-l", "su")}) {
        const Remarks remarks = found({{one, with}, {other, without}});
        ASSERT_THAT(remarks, SizeIs(1)) << one;
        EXPECT_EQ(remarks[0].finding, Finding::twin_without_code);
        EXPECT_EQ(remarks[0].level, Remark::Level::warning);
        EXPECT_EQ(remarks[0].file, std::string("/p/") + other);
        EXPECT_EQ(remarks[0].mend, std::string("secondstep pam add ") + other);
    }
    EXPECT_EQ(found({{"su", with}, {"su-l", without}})[0].text,
              "su asks for a code and su - does not: su-l has no pam_secondstep");
}

TEST(Twins, OneThatIncludesTheOtherAsksToo) {
    EXPECT_THAT(found({{"su", with}, {"su-l", "auth include su\n"}}), IsEmpty());
    EXPECT_THAT(found({{"su", with}, {"su-l", with}}), IsEmpty());
}

TEST(Twins, NothingIsSaidWhereNoneAsksOrThereIsNoTwin) {
    EXPECT_THAT(found({{"su", without}, {"su-l", without}}), IsEmpty());
    EXPECT_THAT(found({{"su", with}}), IsEmpty());
    EXPECT_THAT(found({{"su", with}, {"runuser", without}}), IsEmpty());
    EXPECT_THAT(found({{"su", with}, {"runuser-l", without}}), IsEmpty());
}

TEST(Twins, ADoorThatLetsNobodyInNeedsNoCode) {
    EXPECT_THAT(found({{"login", with}, {"remote", "auth required pam_deny.so\n"}}), IsEmpty());
}

TEST(Twins, TheModuleInTheAccountPartAloneAsksForNoCode) {
    EXPECT_THAT(found({{"su", with}, {"su-l", without + "account required pam_secondstep.so\n"}}), SizeIs(1));
}

}  // namespace

}  // namespace secondstep::tool
