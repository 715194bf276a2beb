#include "migration/formats/token_owners.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "encoding/base32.h"
#include "migration/formats/token_csv.h"
#include "tool/migration/formats/reading.h"

namespace secondstep::tool {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// Another one for each device.
std::string key_of(std::size_t number) {
    const std::string key(20, static_cast<char>('a' + number));
    return std::string(otp::base32_encode(as_bytes(key)).text());
}

// A list of devices, in the words "SERIAL" or "SERIAL USER".
Reading devices(const std::vector<std::string>& words) {
    std::string text = "serial,user,secret\n";
    std::size_t number = 0;
    for (const std::string& word : words) {
        const std::size_t space = word.find(' ');
        text += word.substr(0, space) + "," + (space == std::string::npos ? "" : word.substr(space + 1)) +
                "," + key_of(number++) + "\n";
    }
    auto reading = read_token_csv(text, "tokens.csv");
    return reading ? std::move(*reading) : Reading{};
}

TokenAssignment by(std::string_view owners) {
    auto list = TokenOwners::parse(owners, "owners.csv");
    EXPECT_TRUE(list.has_value()) << list.error().detail;
    return {.user = {}, .serial = {}, .owners = std::move(*list), .upn_suffix = {}};
}

std::vector<std::string> users(const AssignedReading& assigned) {
    std::vector<std::string> all;
    for (const ImportedAccount& account : assigned.reading.accounts) {
        for (const ImportedToken& token : account.tokens)
            all.push_back(account.user + "=" + token.serial);
    }
    return all;
}

std::vector<std::string> refused(const AssignedReading& assigned) {
    std::vector<std::string> all;
    for (const Unusable& one : assigned.reading.unusable)
        all.push_back(one.place + "|" + one.why);
    return all;
}

TEST(TokenOwners, GiveEachDeviceToItsOwner) {
    const auto assigned = assign(devices({"1001", "AC-7", "1003"}), by("1001,alice\nac-7,bob\n"));
    EXPECT_THAT(users(assigned), ElementsAre("alice=1001", "bob=AC-7"));
    EXPECT_THAT(assigned.left_out, ElementsAre("tokens.csv:4"));
    EXPECT_THAT(refused(assigned), IsEmpty());
}

TEST(TokenOwners, MayHaveAFirstLineAndOtherColumns) {
    EXPECT_THAT(users(assign(devices({"1001"}), by("room;user;Serial Number\n12;alice;1001\n"))),
                ElementsAre("alice=1001"));
    EXPECT_THAT(users(assign(devices({"1001"}), by("# who\r\n1001 , alice\r\n"))), ElementsAre("alice=1001"));
}

TEST(TokenOwners, ANumberThatNoTokenHasIsNamedByItsLine) {
    const auto assigned =
        assign(devices({"0950380269", "1002"}), by("950380269,alice\n1002,bob\n77,carol\n"));
    EXPECT_THAT(users(assigned), ElementsAre("bob=1002"));
    EXPECT_THAT(
        refused(assigned),
        UnorderedElementsAre(AllOf(HasSubstr("owners.csv:1|"), HasSubstr("zeros at the front")),
                             HasSubstr("owners.csv:3|No token of the source has this serial number.")));
}

TEST(TokenOwners, NobodyGetsWhatTwoLinesGiveAway) {
    const auto assigned = assign(devices({"1001", "1002"}), by("1001,alice\n1002,bob\n1001,mallory\n"));
    EXPECT_THAT(users(assigned), ElementsAre("bob=1002"));
    EXPECT_THAT(refused(assigned), UnorderedElementsAre(HasSubstr("owners.csv:1|Another line gives"),
                                                        HasSubstr("owners.csv:3|Another line gives")));
    EXPECT_THAT(users(assign(devices({"1001"}), by("1001,alice\n1001,alice\n"))), ElementsAre("alice=1001"));
}

TEST(TokenOwners, NobodyGetsWhatTheSourceGivesToSomebodyElse) {
    const auto assigned = assign(devices({"1001 alice", "1002 bob"}), by("1001,mallory\n"));
    EXPECT_THAT(users(assigned), ElementsAre("bob=1002"));
    EXPECT_THAT(refused(assigned), ElementsAre(HasSubstr("give it to different people")));
}

TEST(TokenOwners, TwoDevicesOfOneNumberAreNotGuessedBetween) {
    const auto assigned = assign(devices({"1001", "1001"}), by("1001,alice\n"));
    EXPECT_THAT(users(assigned), IsEmpty());
    EXPECT_THAT(refused(assigned), ElementsAre(HasSubstr("csv:2|The source has another key with this serial"),
                                               HasSubstr("csv:3|The source has another key with this serial"),
                                               HasSubstr("owners.csv:1|No token of the source")));
}

TEST(TokenOwners, SeveralDevicesOfOnePersonAreOneAccount) {
    const auto assigned = assign(devices({"1001", "1002"}), by("1001,alice\n1002,alice\n"));
    ASSERT_EQ(assigned.reading.accounts.size(), 1U);
    EXPECT_EQ(assigned.reading.accounts[0].tokens.size(), 2U);
}

TEST(TokenOwners, ALineThatIsNoneIsNamed) {
    const auto assigned = assign(devices({"1001"}), by("1001,alice\n1002\n,bob\n1,2,3\n"));
    EXPECT_THAT(refused(assigned),
                ElementsAre(HasSubstr("owners.csv:2|"), HasSubstr("owners.csv:3|"),
                            HasSubstr("owners.csv:4|A line has a serial number and a user")));
    EXPECT_FALSE(TokenOwners::parse("", "owners.csv").has_value());
    EXPECT_FALSE(TokenOwners::parse("serial,user\n", "owners.csv").has_value());
}

TEST(TokenAssignment, OneOfManyIsChosenByItsNumber) {
    const TokenAssignment one{.user = "alice", .serial = "ac-7", .owners = {}, .upn_suffix = {}};
    const auto assigned = assign(devices({"1001", "AC-7"}), one);
    EXPECT_THAT(users(assigned), ElementsAre("alice=AC-7"));
    EXPECT_THAT(refused(assigned), IsEmpty());
    const auto none = assign(devices({"1001"}), one);
    EXPECT_THAT(refused(none), ElementsAre("--key|No token of the source has this serial number."));
    EXPECT_THAT(refused(assign(devices({"AC-7", "ac-7"}), one)),
                ElementsAre(HasSubstr("csv:2|The source has another key"),
                            HasSubstr("csv:3|The source has another key"),
                            HasSubstr("--key|No token of the source")));
}

TEST(TokenAssignment, WithoutAWordOfWhoseTheyAreItSaysBothWays) {
    const auto assigned = assign(devices({"1001", "1002"}), {});
    EXPECT_THAT(users(assigned), IsEmpty());
    EXPECT_THAT(refused(assigned), ElementsAre("tokens.csv:2|serial number 1001: nobody has it yet.",
                                               "tokens.csv:3|serial number 1002: nobody has it yet."));
    EXPECT_THAT(assigned.reading.remarks,
                ElementsAre(AllOf(HasSubstr("--key SERIAL --user NAME"), HasSubstr("--owners FILE"))));
    const auto to_one =
        assign(devices({"1001", "1002"}), {.user = "alice", .serial = {}, .owners = {}, .upn_suffix = {}});
    EXPECT_THAT(refused(to_one),
                ElementsAre(HasSubstr("--key 1001 chooses this one"), HasSubstr("--key 1002")));
}

TEST(TokenAssignment, ADomainIsTakenOffWhereItIsTheOneThatWasNamed) {
    const TokenAssignment assignment{.user = {}, .serial = {}, .owners = {}, .upn_suffix = "corp.example"};
    const auto assigned = assign(devices({"1 alice@CORP.example", "2 bob@other.example", "3 carol",
                                          "4 dave@corp.example.evil", "5 x@y@corp.example"}),
                                 assignment);
    EXPECT_THAT(users(assigned), ElementsAre("alice=1", "carol=3", "x@y=5"));
    EXPECT_THAT(refused(assigned), ElementsAre(HasSubstr("csv:3|The user is of another domain"),
                                               HasSubstr("csv:5|The user is of another domain")));
}

TEST(TokenAssignment, NobodyGetsWhatTheSourceSaysIsSomebodyElses) {
    const auto to = [](const std::string& user, std::optional<std::string> serial) {
        return TokenAssignment{
            .user = user, .serial = std::move(serial), .owners = {}, .upn_suffix = "corp.example"};
    };
    EXPECT_THAT(refused(assign(devices({"1001 bob"}), to("alice", {}))),
                ElementsAre(HasSubstr("somebody else's")));
    EXPECT_THAT(refused(assign(devices({"1001 bob", "1002"}), to("alice", "1001"))),
                ElementsAre(HasSubstr("somebody else's")));
    EXPECT_THAT(users(assign(devices({"1001 bob", "1002"}), to("alice", "1002"))), ElementsAre("alice=1002"));
    EXPECT_THAT(users(assign(devices({"1001 alice"}), to("alice", {}))), ElementsAre("alice=1001"));
    EXPECT_THAT(users(assign(devices({"1001 alice@corp.example"}), to("alice", {}))),
                ElementsAre("alice=1001"));
    EXPECT_THAT(refused(assign(devices({"1001 alice@other.example"}), to("alice", {}))),
                ElementsAre(HasSubstr("somebody")));
}

TEST(TokenOwners, AFirstLineThatNamesAColumnTwiceIsRefused) {
    for (const std::string header : {"serial,user,upn", "user,serial,user", "serial,serial number,user"})
        EXPECT_FALSE(TokenOwners::parse(header + "\n1001,alice,bob\n", "owners.csv")) << header;
}

TEST(TokenAssignment, ANumberThatCannotBeShownIsNot) {
    const auto assigned = assign(devices({"<b>\x1b[31m"}), {});
    EXPECT_THAT(refused(assigned), ElementsAre(HasSubstr("serial number which cannot be shown")));
}

}  // namespace
}  // namespace secondstep::tool
