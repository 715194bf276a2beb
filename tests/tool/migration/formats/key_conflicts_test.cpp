#include "migration/formats/key_conflicts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "migration/formats/token_csv.h"
#include "tool/migration/formats/reading.h"

namespace secondstep::tool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string one_key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const std::string other_key = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU";

// Lines of user, secret, serial, type, digits, counter; "KEY" and "OTHER" are the two keys.
Result<Reading> settled(std::string lines) {
    const auto put = [&](std::string_view what, const std::string& with) {
        for (auto at = lines.find(what); at != std::string::npos; at = lines.find(what))
            lines.replace(at, what.size(), with);
    };
    put("KEY", one_key);
    put("OTHER", other_key);
    auto reading = read_token_csv("user,secret,serial,type,digits,counter\n" + lines, "f");
    if (!reading) return reading;
    return without_conflicts(std::move(*reading));
}

TEST(KeyConflicts, TheSameKeyTwiceForOnePersonIsOneDevice) {
    const auto reading = settled("alice,KEY,,,,\nbob,OTHER,,,,\nalice,KEY,,,,\n");
    ASSERT_EQ(accounts(reading).size(), 2U);
    EXPECT_EQ(reading->accounts.at(0).tokens.size(), 1U);
    EXPECT_THAT(reading->accounts.at(0).remarks, ElementsAre(HasSubstr("twice; it is one device")));
    EXPECT_THAT(unusable(reading), IsEmpty());
}

TEST(KeyConflicts, OfTwoCountersTheLaterOneCounts) {
    const auto reading = settled("alice,KEY,,hotp,,5\nalice,KEY,,hotp,,9\n");
    EXPECT_THAT(accounts(reading), ElementsAre(HasSubstr("&counter=9 floor=8")));
}

TEST(KeyConflicts, OneKeyIsNotOfTwoPeople) {
    const auto reading = settled("alice,KEY,,,,\ncarol,OTHER,,,,\nbob,KEY,,,,\n");
    EXPECT_THAT(accounts(reading), ElementsAre(HasSubstr("carol:")));
    EXPECT_THAT(unusable(reading), ElementsAre(HasSubstr("f:2|The source has the same key for somebody else"),
                                               HasSubstr("f:4|")));
    EXPECT_THAT(accounts(settled("alice,KEY,,,,\n,KEY,1001,,,\n")), IsEmpty());
    EXPECT_THAT(accounts(settled(",KEY,1002,,,\n,KEY,1001,,,\n")), IsEmpty()) << "two devices";
    EXPECT_EQ(accounts(settled(",KEY,1001,,,\n,KEY,1001,,,\n")).size(), 1U);
}

TEST(KeyConflicts, OneKeyMakesNoTwoKindsOfCodes) {
    const auto reading = settled("alice,KEY,,,6,\nalice,KEY,,,8,\n");
    EXPECT_THAT(accounts(reading), IsEmpty());
    EXPECT_THAT(unusable(reading),
                ElementsAre(HasSubstr("f:2|The source has the same key twice"), HasSubstr("f:3|")));
}

TEST(KeyConflicts, OneSerialNumberHasNoTwoKeys) {
    const auto reading = settled("alice,KEY,AC1,,,\nbob,OTHER,ac1,,,\n");
    EXPECT_THAT(accounts(reading), IsEmpty());
    EXPECT_THAT(
        unusable(reading),
        ElementsAre(HasSubstr("f:2|The source has another key with this serial number"), HasSubstr("f:3|")));
}

}  // namespace
}  // namespace secondstep::tool
