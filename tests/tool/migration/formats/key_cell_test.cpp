#include "migration/formats/key_cell.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/text.h"
#include "migration/formats/token_csv.h"
#include "tool/migration/formats/reading.h"

namespace secondstep::tool {
namespace {

using ::testing::HasSubstr;

constexpr auto in_hexadecimal = otp::KeySpelling::hexadecimal;
constexpr auto in_base32 = otp::KeySpelling::base32;

// The bytes in hexadecimal, "doubtful" before them where they are; or why there are none.
std::string bytes(std::string_view text, std::optional<otp::KeySpelling> spelling = std::nullopt) {
    const auto key = read_key_cell(text, spelling);
    if (!key) return key.error().detail;
    const auto described = described_with(*key, {});
    if (!described) return described.error().detail;
    bool doubtful = false;
    for (const otp::Remark& remark : described->remarks)
        doubtful = doubtful || remark.in_doubt;
    return (doubtful ? "doubtful " : "") + hex(described->key.key.bytes());
}

TEST(KeyCell, IsWhatItLooksLike) {
    EXPECT_EQ(bytes("GEZD GNBV GY3T QOJQ"), "31323334353637383930");
    EXPECT_EQ(bytes("31:32:33:34:35:36:37:38"), "3132333435363738");
    EXPECT_EQ(bytes("0x2233"), "2233");
    EXPECT_EQ(bytes("HEX: 22 33"), "2233");
    EXPECT_EQ(bytes("base32:ABCDEF23"), "004432175b");
    EXPECT_THAT(bytes("ABCDEF23"), HasSubstr("doubtful "));
    EXPECT_THAT(bytes(" "), HasSubstr("empty"));
    EXPECT_THAT(bytes("otpauth://totp/a?secret=JBSWY3DPEHPK3PXP"), HasSubstr("is a URI"));
    EXPECT_THAT(bytes("\"otpauth://totp/a?secret=JBSWY3DPEHPK3PXP\""), HasSubstr("is a URI"));
}

TEST(KeyCell, IsWhatItsListSays) {
    EXPECT_EQ(bytes("ABCDEF23", in_hexadecimal), "abcdef23");
    EXPECT_EQ(bytes("ABCDEF23", in_base32), "004432175b");
    EXPECT_THAT(bytes("GEZDGNBV", in_hexadecimal), HasSubstr("looks like base32"));
}

// What stands around a key is no part of it, or nothing is taken.
TEST(KeyCell, HasNothingOfWhatStandsAroundIt) {
    const std::string right = bytes("JBSWY3DPEHPK3PXP");
    for (const std::string text :
         {"Setup key: JBSW Y3DP EHPK 3PXP", "JBSW Y3DP EHPK 3PXP COPY", "JBSW Y3DP EHPK 3PXP Copy",
          "JBSWY3DPEHPK3PXP\nCOPY", "JBSW Y3DP\nEHPK 3PXP", "secret: jbswy3dpehpk3pxp",
          "KEY JBSWY3DPEHPK3PXP", "SETUP KEY JBSW Y3DP EHPK 3PXP", "alice: JBSWY3DPEHPK3PXP",
          "JBSW:Y3DP:EHPK:3PXP", "'JBSWY3DPEHPK3PXP'", "JBSWY3DPEHPK3PXP (base32)"}) {
        for (const auto spelling : {std::optional<otp::KeySpelling>{}, std::optional(in_base32)}) {
            const std::string found = bytes(text, spelling);
            EXPECT_TRUE(found == right || found.find("doubtful") == 0 || found.find(' ') != std::string::npos)
                << text << ": " << found;
        }
        const auto row = read_token_csv("user,secret\nalice,\"" + text + "\"\n", "f");
        if (row && !row->accounts.empty() && row->accounts.at(0).doubt.empty()) {
            EXPECT_EQ(hex(row->accounts.at(0).tokens.at(0).token.key.bytes()), right) << text;
        }
    }
}

TEST(KeyCell, KeepsTheOtherReadingForACode) {
    const auto row = read_token_csv("user,secret\nalice,abcdef234567abcdef234567abcdef23\n", "f");
    const ImportedToken& token = row->accounts.at(0).tokens.at(0);
    EXPECT_EQ(token.token.key.size(), 20U);
    ASSERT_TRUE(token.as_hexadecimal);
    EXPECT_EQ(hex(token.as_hexadecimal->bytes()), "abcdef234567abcdef234567abcdef23");
}

TEST(KeyCell, IsNeverRepeated) {
    for (const auto spelling :
         {std::optional<otp::KeySpelling>{}, std::optional(in_base32), std::optional(in_hexadecimal)}) {
        for (const std::string text : {"SECRETSECRET!", "SECRET SECRET", "0xSECRET", "hex:SECRET!"})
            EXPECT_EQ(bytes(text, spelling).find("SECRET"), std::string::npos) << text;
    }
}

}  // namespace
}  // namespace secondstep::tool
