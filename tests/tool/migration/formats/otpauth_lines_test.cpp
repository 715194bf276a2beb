#include "migration/formats/otpauth_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/migration_payload.h"
#include "tool/migration/formats/reading.h"

namespace secondstep::tool {
namespace {

using testing::account_field;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::migration_uri;
using testing::number_field;

Result<Reading> read(std::string_view text) {
    return read_otpauth_lines(text, "tokens.txt");
}

std::string picture(std::string_view name, std::uint64_t index, std::uint64_t size, std::uint64_t id = 7) {
    return migration_uri(account_field("12345678901234567890", name, "", "") + number_field(2, 1) +
                         number_field(3, size) + number_field(4, index) + number_field(5, id));
}

TEST(OtpauthLines, OneUriALine) {
    const auto reading = read(
        "\xef\xbb\xbf# tokens\r\n\r\n"
        "otpauth://totp/Example:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY&issuer=Example\r\n"
        "  otpauth://hotp/bob?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY&counter=9");
    EXPECT_THAT(
        accounts(reading),
        ElementsAre("alice: otpauth://totp/Example:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY&issuer=Example "
                    "floor=none",
                    "bob: otpauth://hotp/bob?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY&counter=9 floor=8"));
    EXPECT_EQ(reading->accounts[0].tokens[0].name, "Example");
    EXPECT_EQ(reading->accounts[1].place, "tokens.txt:4");
    EXPECT_THAT(unusable(reading), IsEmpty());
}

TEST(OtpauthLines, NamesTheLineThatIsBroken) {
    const auto reading = read(
        "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY&algorithm=MD5\n"
        "otpauth://totp/b?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY&digits=0\n"
        "otpauth://totp/c?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY&period=0\n"
        "otpauth://totp/d?secret=\n"
        "otpauth://totp/e?secret=" +
        std::string(1600, 'A') +
        "\notpauth://totp/f?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY\n"
        "\nsomething else\n");
    EXPECT_THAT(accounts(reading), ElementsAre(HasSubstr("f:")));
    EXPECT_THAT(unusable(reading),
                ElementsAre(HasSubstr("tokens.txt:1|otpauth URI: the algorithm"),
                            HasSubstr("tokens.txt:2|otpauth URI: the number of digits is 0"),
                            HasSubstr("tokens.txt:3|otpauth URI: the period is 0"),
                            HasSubstr("tokens.txt:4|otpauth URI: the secret"),
                            HasSubstr("tokens.txt:5|otpauth URI: the key is longer than 128"),
                            HasSubstr("tokens.txt:8|")));
}

TEST(OtpauthLines, ReadsTheExportOfAnApp) {
    const auto reading =
        read(picture("b", 1, 2) + "\n" + picture("a", 0, 2) + "\n" + picture("c", 0, 1, 9) + "\n");
    EXPECT_THAT(accounts(reading), ElementsAre(HasSubstr("a:"), HasSubstr("b:"), HasSubstr("c:")));
}

TEST(OtpauthLines, NamesThePictureThatIsMissing) {
    const auto reading = read("\n" + picture("a", 0, 2));
    EXPECT_THAT(accounts(reading), IsEmpty());
    EXPECT_THAT(unusable(reading), ElementsAre(HasSubstr("picture 2 of 2 is missing")));
    EXPECT_THAT(unusable(read(picture("a", 0, 1).substr(0, 70))), ElementsAre(HasSubstr("tokens.txt:1|")));
}

// Mail and editors wrap lines; half of an address is another one.
TEST(OtpauthLines, AnAddressThatMayGoOnInTheNextLineIsRefused) {
    const std::string whole = "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=8&period=60";
    for (std::size_t at = 9; at < whole.size(); ++at) {
        const auto reading = read(whole.substr(0, at) + "\r\n " + whole.substr(at) + "\nhello\n");
        EXPECT_THAT(accounts(reading), IsEmpty()) << at;
        ASSERT_FALSE(unusable(reading).empty());
        EXPECT_THAT(unusable(reading).at(0), HasSubstr("tokens.txt:1|")) << at;
    }
    EXPECT_EQ(accounts(read(whole + "\n\nhello\n")).size(), 1U);
    EXPECT_EQ(accounts(read(whole + "\n# hello\n")).size(), 1U);
}

TEST(OtpauthLines, SaysNoSecret) {
    EXPECT_EQ(everything_said(read("SECRET\notpauth://totp/a?secret=SECRET0\notpauth-migration://SECRET"))
                  .find("SECRET"),
              std::string::npos);
}

}  // namespace
}  // namespace secondstep::tool
