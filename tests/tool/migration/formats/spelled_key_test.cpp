#include "migration/formats/spelled_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/text.h"
#include "encoding/base32.h"
#include "encoding/base64.h"

namespace secondstep::tool {
namespace {

using ::testing::HasSubstr;

// The bytes in hexadecimal; or why there are none.
std::string bytes(std::string_view text) {
    const auto key = SpelledKey::of(text);
    if (!key) return key.error().detail;
    const auto described = otp::describe({.key = key->written()});
    return described ? hex(described->key.key.bytes()) : described.error().detail;
}

std::string remark(std::string_view text) {
    const auto key = SpelledKey::of(text);
    return key && key->remarks().size() == 1 ? key->remarks().front().sentence : "none, or several";
}

TEST(SpelledKey, IsBase64UnlessItCanBeSomethingElse) {
    EXPECT_EQ(bytes("MTIzNA=="), "31323334");
    EXPECT_EQ(bytes("MTIzNDU2Nzg5MDEyMzQ1Njc4OTA="), "3132333435363738393031323334353637383930");
    EXPECT_THAT(bytes("p@ssword"), HasSubstr("not base64"));
}

TEST(SpelledKey, IsHexadecimalWhereBase64IsDue) {
    EXPECT_EQ(bytes("31323334353637383930313233343536"), "31323334353637383930313233343536");
    EXPECT_THAT(remark("31323334353637383930313233343536"), HasSubstr("written in hexadecimal"));
    EXPECT_EQ(bytes("abcdef234567abcdef234567abcdef23"), "abcdef234567abcdef234567abcdef23");
    EXPECT_THAT(bytes("3132333435363738"), HasSubstr("as hexadecimal, and nobody can tell"));
}

TEST(SpelledKey, IsBase32WhereBase64IsDue) {
    const std::string twenty = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    EXPECT_EQ(bytes(twenty), "3132333435363738393031323334353637383930");
    EXPECT_THAT(remark(twenty), HasSubstr("written in base32"));
    EXPECT_EQ(bytes("gezd gnbv gy3t qojq gezd gnbv gy3t qojq"), bytes(twenty));
    EXPECT_EQ(bytes(twenty + twenty), "3132333435363738393031323334353637383930" + bytes(twenty));
    for (const std::string few : {"JBSWY3DP", "JBSWY3DPEHPK3PXP", "jbswy3dpehpk3pxp",
                                  "GEZDGNBVGY3TQOJQGEZDGNBV", "GEZDGNBVGY3TQOJQGEZDGNBVGY"})
        EXPECT_THAT(bytes(few), HasSubstr("as base32, and nobody can tell")) << few;
}

// Every length that keys have, in each of the three.
TEST(SpelledKey, IsNeverAnotherOne) {
    for (std::size_t size = 5; size <= 64; ++size) {
        std::string key;
        for (std::size_t i = 0; i < size; ++i)
            key += static_cast<char>((i + 1) * 151);
        const std::string right = hex(as_bytes(key));
        EXPECT_EQ(bytes(otp::base64_encode(key).text()), right) << size;
        for (const std::string& text : {right, std::string(otp::base32_encode(as_bytes(key)).text())}) {
            const std::string found = bytes(text);
            EXPECT_TRUE(found == right || found.find("nobody can tell") != std::string::npos)
                << size << ": " << text << ": " << found;
        }
    }
}

// Every sentence is about the text, and none has any of it.
TEST(SpelledKey, IsNeverRepeated) {
    for (const std::string text : {"SECRETSECRET!", "SECRET SECRET", "0xSECRET", "hex:SECRET!"})
        EXPECT_EQ(bytes(text).find("SECRET"), std::string::npos) << text;
}

}  // namespace
}  // namespace secondstep::tool
