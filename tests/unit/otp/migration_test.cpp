#include "otp/migration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "otp/otpauth_uri.h"
#include "support/failure.h"
#include "support/migration_payload.h"

namespace secondstep::otp {
namespace {

using testing::account_field;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::length_delimited;
using testing::migration_uri;
using testing::number_field;

constexpr std::string_view key = "12345678901234567890";

// OtpParameters of a TOTP account.
std::string account(std::string_view name, std::string_view issuer, std::string_view more = {}) {
    return account_field(key, name, issuer,
                         number_field(4, 1) + number_field(5, 1) + number_field(6, 2) + std::string(more));
}

std::string tail(std::uint64_t size = 1, std::uint64_t index = 0, std::uint64_t id = 77) {
    return number_field(2, 1) + number_field(3, size) + number_field(4, index) + number_field(5, id);
}

Result<MigrationPart> parse(const std::string& payload) {
    return parse_migration(migration_uri(payload));
}

std::string why(std::string_view text) {
    const auto part = parse_migration(text);
    if (part) return "accepted";
    return part.error().code == Errc::invalid ? part.error().detail : "another error";
}

std::string summary(const DescribedKey& described) {
    const auto uri = to_uri(described.key);
    return std::string(uri ? uri->text() : "unwritable");
}

std::vector<std::string> names(const std::vector<DescribedKey>& accounts) {
    std::vector<std::string> out;
    for (const DescribedKey& described : accounts) {
        const std::string other = described.label_issuer.empty() ? "" : "|" + described.label_issuer;
        out.push_back(described.key.issuer + "|" + described.key.account + other);
    }
    return out;
}

std::vector<std::string> refusals(const MigrationPart& part) {
    std::vector<std::string> out;
    for (const NotCarried& one : part.not_carried)
        out.push_back(one.name + "|" + one.why);
    return out;
}

// Of one account with this name and issuer.
std::string named(std::string_view name, std::string_view issuer) {
    const auto part = parse(account(name, issuer) + tail());
    return part && part->accounts.size() == 1 ? names(part->accounts).front() : "refused";
}

// One account with these further fields; the field that stands last counts.
std::string with(std::string_view more) {
    const auto part = parse(account("a", "", more) + tail());
    if (!part) return part.error().detail;
    return part->accounts.empty() ? part->not_carried.front().why : summary(part->accounts.front());
}

TEST(Migration, ReadsAnExportOfSeveralAccounts) {
    const auto part =
        parse(account("alice@example.com", "GitHub") + account("web01:bob", "") + tail(3, 1, 42));
    ASSERT_TRUE(part.has_value()) << part.error().detail;
    EXPECT_THAT(names(part->accounts), ElementsAre("GitHub|alice@example.com", "web01|bob"));
    EXPECT_EQ(part->accounts[0].key.key.text(), key);
    EXPECT_EQ(part->batch_size, 3U);
    EXPECT_EQ(part->batch_index, 1U);
    EXPECT_EQ(part->batch_id, 42U);
    EXPECT_TRUE(part->not_carried.empty());
}

// "Hello!" and DE AD BE EF, as the readers of this form have it in their documentation; version 1 and one
// picture behind it.
TEST(Migration, ReadsAnExampleOfOtherReaders) {
    const auto part = parse_migration(
        "otpauth-migration://offline?data="
        "CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU6YWxpY2VAZ29vZ2xlLmNvbRoHRXhhbXBsZTACEAEYAQ%3D%3D");
    ASSERT_TRUE(part.has_value()) << part.error().detail;
    ASSERT_EQ(part->accounts.size(), 1U);
    EXPECT_EQ(summary(part->accounts[0]),
              "otpauth://totp/Example:alice%40google.com?secret=JBSWY3DPEHPK3PXP&issuer=Example");
}

TEST(Migration, ReadsWhatIsNotTheDefault) {
    const std::string head = "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    EXPECT_EQ(with(""), head);
    EXPECT_EQ(with(number_field(4, 0) + number_field(5, 0) + number_field(6, 0)), head);
    EXPECT_EQ(with(number_field(4, 2)), head + "&algorithm=SHA256");
    EXPECT_EQ(with(number_field(4, 3)), head + "&algorithm=SHA512");
    EXPECT_EQ(with(number_field(5, 2)), head + "&digits=8");
    EXPECT_EQ(with(number_field(5, 3)), head + "&digits=7");
    EXPECT_EQ(with(number_field(6, 1) + number_field(7, 5)),
              "otpauth://hotp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=5");
}

TEST(Migration, SaysWhatCannotBeCarriedOver) {
    EXPECT_THAT(with(number_field(4, 4)), HasSubstr("md5"));
    EXPECT_THAT(with(number_field(4, 5)), HasSubstr("algorithm is not known"));
    EXPECT_THAT(with(number_field(5, 4)), HasSubstr("number of digits"));
    EXPECT_THAT(with(number_field(6, 3)), HasSubstr("neither time-based nor counter-based"));
    EXPECT_THAT(with(number_field(6, 1) + number_field(7, UINT64_MAX)), HasSubstr("negative"));
    EXPECT_THAT(with(length_delimited(1, "")), HasSubstr("the key is empty"));
    EXPECT_THAT(with(length_delimited(1, std::string(129, 'x'))), HasSubstr("longer than 128 bytes"));
    EXPECT_THAT(with(length_delimited(1, std::string(1000, 'x'))), HasSubstr("longer than 128 bytes"));
    EXPECT_THAT(with(length_delimited(1, std::string(128, 'x'))), HasSubstr("otpauth://"));
}

TEST(Migration, NamesWhatItCannotCarryOverAndTakesTheRest) {
    const auto part = parse(account("a", "Bank", number_field(4, 4)) + account("b", "") +
                            account("", "", number_field(6, 9)) + tail());
    ASSERT_TRUE(part.has_value());
    EXPECT_THAT(names(part->accounts), ElementsAre("|b"));
    EXPECT_THAT(refusals(*part), ElementsAre(HasSubstr("Bank: a|"), HasSubstr("account 3|")));
}

TEST(Migration, ANameAndItsIssuerBecomeWhatTheAppShows) {
    EXPECT_EQ(named("GitHub:alice", "GitHub"), "GitHub|alice");
    EXPECT_EQ(named("GitHub: alice", ""), "GitHub|alice");
    EXPECT_EQ(named("alice", "GitHub"), "GitHub|alice");
    EXPECT_EQ(named("alice", ""), "|alice");
    EXPECT_EQ(named("Work:alice", "GitHub"), "GitHub|alice|Work");
    EXPECT_EQ(named("a:b:c", ""), "a|b c");
    EXPECT_EQ(named("", "GitHub"), "GitHub|GitHub");
    EXPECT_EQ(named("GitHub:", "GitHub"), "GitHub|GitHub");
    EXPECT_EQ(named("", ""), "|account 1");
    EXPECT_EQ(named(" : ", ""), "|account 1");
}

TEST(Migration, NamesAreMadeFitForALabel) {
    EXPECT_EQ(named("a\nb\x1b[2J", "x\ty"), "x?y|a?b?[2J");
    EXPECT_EQ(named("a\xff", "B\xc3\xa4r"), "B\xc3\xa4r|a\xc3\xbf");
    for (const std::string_view name : {"a\nb", "\xff", ":::", " a ", "a:b:c:"}) {
        const auto part = parse(account(name, name) + tail());
        ASSERT_TRUE(part.has_value());
        EXPECT_TRUE(to_uri(part->accounts.at(0).key).has_value()) << name;
    }
    const auto part = parse(account(std::string(1000, 'x'), std::string(900, ':')) + tail());
    ASSERT_TRUE(part.has_value());
    EXPECT_TRUE(to_uri(part->accounts.at(0).key).has_value());
}

TEST(Migration, PassesOverFieldsItDoesNotKnow) {
    const std::string more = length_delimited(8, "unique id") + number_field(100, 1) +
                             std::string(
                                 "\x49"
                                 "12345678",
                                 9) +
                             std::string(
                                 "\x4d"
                                 "1234",
                                 5);
    const auto part = parse(length_delimited(9, "x") + account("a", "b", more) + number_field(6, 7) + tail());
    ASSERT_TRUE(part.has_value()) << part.error().detail;
    EXPECT_THAT(names(part->accounts), ElementsAre("b|a"));
}

// A QR code that was read in part must not silently become fewer accounts.
TEST(Migration, APayloadCutAnywhereIsAnErrorOrWhole) {
    const std::string payload =
        account("alice", "GitHub") + account("bob", "", number_field(7, 300)) + tail();
    for (std::size_t size = 0; size < payload.size(); ++size) {
        const auto part = parse(payload.substr(0, size));
        if (!part) {
            EXPECT_EQ(part.error().code, Errc::invalid);
            continue;
        }
        EXPECT_THAT(names(part->accounts), ElementsAre("GitHub|alice", "|bob")) << size;
    }
    EXPECT_FALSE(parse(payload.substr(0, payload.size() - tail().size())).has_value());
}

TEST(Migration, ATextCutAnywhereIsAnErrorOrWhole) {
    const std::string uri = migration_uri(account("alice", "GitHub") + account("bob", "") + tail());
    for (std::size_t size = 0; size < uri.size(); ++size) {
        const auto part = parse_migration(std::string_view(uri).substr(0, size));
        if (!part) continue;
        EXPECT_THAT(names(part->accounts), ElementsAre("GitHub|alice", "|bob")) << size;
    }
}

TEST(Migration, RefusesBadWireFormat) {
    const std::string good = account("a", "");
    for (const std::string& payload : {
             good + std::string(1, '\0') + tail(),                              // field 0
             good + std::string("\x0b", 1) + tail(),                            // a group
             good + std::string("\x16", 1) + tail(),                            // wire type 6
             good + std::string("\x10", 1) + std::string(10, '\xff') + "\x01",  // eleven bytes
             good + std::string("\x10", 1) + std::string(9, '\xff') + "\x02",   // more than 64 bits
             good +
                 std::string("\x4a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11),  // a length over the rest
             std::string("\x0a\x7f", 2) + good, number_field(1, 5) + tail(),       // a number for a message
             length_delimited(2, "x") + tail(),                                    // text for a number
             length_delimited(1, number_field(1, 5)) + tail(),                     // a number for the key
             length_delimited(1, length_delimited(4, "x")) + tail()                // text for the algorithm
         }) {
        EXPECT_EQ(testing::failure(parse(payload)), Errc::invalid);
    }
}

TEST(Migration, RefusesOtherForms) {
    for (const std::string_view text :
         {"", "otpauth://totp/a?secret=MY", "otpauth-migration:", "otpauth-migration://offline",
          "otpauth-migration://offline?", "otpauth-migration://offline?x=y",
          "otpauth-migration://offline?data=%", "otpauth-migration://offline?data=%zz",
          "otpauth-migration://offline?data=!!!!", "otpauth-migration://offline?data=EAE&data=EAE",
          "otpauth-migration://offline?data=A"}) {
        EXPECT_THAT(why(text), HasSubstr("export of an authenticator app")) << text;
    }
    EXPECT_THAT(why("otpauth-migration://offline?data=" + std::string(9000, 'A')), HasSubstr("8192"));
}

TEST(Migration, APlusMayHaveBecomeASpace) {
    const std::string payload = account("\xfb\xef\xbexx\xfb\xef\xbexx\xfb\xef\xbe", "") + tail();
    const std::string uri = migration_uri(payload);
    EXPECT_NE(uri.find("%2B"), std::string::npos);
    std::string with_spaces = uri;
    for (std::size_t at = with_spaces.find("%2B"); at != std::string::npos; at = with_spaces.find("%2B"))
        with_spaces.replace(at, 3, " ");
    EXPECT_TRUE(parse_migration(with_spaces).has_value());
}

TEST(Migration, TheNumberOfPicturesMustMakeSense) {
    EXPECT_FALSE(parse(account("a", "") + tail(3, 3)).has_value());
    EXPECT_FALSE(parse(account("a", "") + tail(101, 0)).has_value());
    EXPECT_FALSE(parse(account("a", "") + tail(1, UINT64_MAX)).has_value());
    EXPECT_TRUE(parse(account("a", "") + tail(0, 0)).has_value());
}

TEST(Migration, ErrorsDoNotRepeatTheKey) {
    EXPECT_EQ(with(length_delimited(1, std::string(200, 'K'))).find("KKK"), std::string::npos);
    EXPECT_EQ(why("otpauth-migration://offline?data=SECRETKEY!").find("SECRET"), std::string::npos);
}

// Picture `index` of `size`, with one account called like its number.
MigrationPart picture(std::uint32_t index, std::uint32_t size, std::uint64_t id = 7) {
    auto part = parse(account("account-" + std::to_string(index), "") + tail(size, index, id));
    return part ? std::move(*part) : MigrationPart{};
}

template <typename... Parts>
Result<Migration> joined(Parts... part) {
    std::vector<MigrationPart> parts;
    (parts.push_back(std::move(part)), ...);
    return join(std::move(parts));
}

std::string why_not_joined(const Result<Migration>& migration) {
    return migration ? "joined" : migration.error().detail;
}

TEST(Migration, JoinsPicturesInAnyOrder) {
    const auto all = joined(picture(2, 3), picture(0, 3), picture(1, 3));
    ASSERT_TRUE(all.has_value()) << all.error().detail;
    EXPECT_THAT(names(all->accounts), ElementsAre("|account-0", "|account-1", "|account-2"));
}

TEST(Migration, APictureThatIsThereTwiceCountsOnce) {
    const auto all = joined(picture(1, 2), picture(0, 2), picture(1, 2), picture(0, 2));
    ASSERT_TRUE(all.has_value()) << all.error().detail;
    EXPECT_THAT(names(all->accounts), ElementsAre("|account-0", "|account-1"));
}

TEST(Migration, NamesThePictureThatIsMissing) {
    EXPECT_THAT(why_not_joined(joined(picture(0, 3), picture(2, 3))), HasSubstr("picture 2 of 3 is missing"));
    EXPECT_THAT(why_not_joined(joined(picture(1, 3), picture(2, 3))), HasSubstr("picture 1 of 3 is missing"));
    EXPECT_THAT(why_not_joined(joined(picture(0, 2))), HasSubstr("picture 2 of 2 is missing"));
    EXPECT_THAT(why_not_joined(joined(picture(1, 3), picture(1, 3), picture(0, 3))),
                HasSubstr("picture 3 of 3 is missing"));
    EXPECT_THAT(why_not_joined(joined()), HasSubstr("no picture"));
}

TEST(Migration, RefusesPicturesOfTwoExports) {
    EXPECT_THAT(why_not_joined(joined(picture(0, 2, 7), picture(1, 2, 8))),
                HasSubstr("two different exports"));
    EXPECT_THAT(why_not_joined(joined(picture(0, 2), picture(1, 3))), HasSubstr("two different exports"));
    EXPECT_THAT(why_not_joined(joined(picture(0, 1, 7), picture(0, 1, 8))),
                HasSubstr("two different exports"));
}

}  // namespace
}  // namespace secondstep::otp
