#include "migration/formats/spelled_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/text.h"

namespace secondstep::tool {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The bytes in hexadecimal, "doubtful" before them where they are; or why there are none.
std::string bytes(std::string_view text, Spelling spelling) {
    const auto key = SpelledKey::of(text, spelling);
    if (!key) return key.error().detail;
    const auto described = otp::describe({.key = key->written()});
    if (!described) return described.error().detail;
    const bool doubtful = key->remark() && key->remark()->in_doubt;
    return (doubtful ? "doubtful " : "") + hex(described->key.key.bytes());
}

TEST(SpelledKey, IsWhatItLooksLike) {
    EXPECT_EQ(bytes("GEZD GNBV-gy3t qojq", Spelling::as_it_looks), "31323334353637383930");
    EXPECT_EQ(bytes("31:32:33:34:35:36:37:38", Spelling::as_it_looks), "3132333435363738");
    EXPECT_EQ(bytes("0x2233", Spelling::as_it_looks), "2233");
    EXPECT_EQ(bytes("HEX: 22 33", Spelling::as_it_looks), "2233");
    EXPECT_EQ(bytes("base32:ABCDEF23", Spelling::as_it_looks), "004432175b");
    EXPECT_THAT(bytes("ABCDEF23", Spelling::as_it_looks), HasSubstr("doubtful "));
    EXPECT_THAT(bytes("", Spelling::as_it_looks), HasSubstr("empty"));
    EXPECT_THAT(bytes("123", Spelling::as_it_looks), HasSubstr("odd number"));
    EXPECT_THAT(bytes("p@ssword", Spelling::as_it_looks), HasSubstr("neither base32 nor hexadecimal"));
}

TEST(SpelledKey, IsWhatItsSourceSays) {
    EXPECT_EQ(bytes("ABCDEF23", Spelling::hexadecimal), "abcdef23");
    EXPECT_THAT(bytes("GEZDGNBV", Spelling::hexadecimal), HasSubstr("looks like base32"));
    EXPECT_THAT(bytes("zz", Spelling::hexadecimal), HasSubstr("looks like base32"));
    EXPECT_THAT(bytes("!!", Spelling::hexadecimal), HasSubstr("not hexadecimal."));
    EXPECT_EQ(bytes("MTIzNA==", Spelling::base64), "31323334");
    EXPECT_EQ(bytes("31323334353637383930313233343536", Spelling::base64),
              "31323334353637383930313233343536");
    EXPECT_THAT(bytes("3132333435363738", Spelling::base64), HasSubstr("nobody can tell"));
}

// Every sentence is about the text, and none has any of it.
TEST(SpelledKey, IsNeverRepeated) {
    for (const Spelling spelling :
         {Spelling::as_it_looks, Spelling::base32, Spelling::hexadecimal, Spelling::base64}) {
        for (const std::string text : {"SECRETSECRET!", "SECRET SECRET", "0xSECRET", "hex:SECRET!"})
            EXPECT_EQ(bytes(text, spelling).find("SECRET"), std::string::npos) << text;
    }
}

}  // namespace
}  // namespace secondstep::tool
