#include "encoding/base32.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "support/failure.h"
#include "support/seeded_randomness.h"

namespace secondstep::otp {
namespace {

std::string encoded(std::string_view text) {
    return std::string(base32_encode(as_bytes(text)).text());
}

std::string decoded(std::string_view text) {
    const auto bytes = base32_decode(text);
    return bytes ? std::string(bytes->text()) : "refused: " + bytes.error().detail;
}

// RFC 4648 section 10, without the padding.
TEST(Base32, AgreesWithTheRfc) {
    constexpr std::array<std::array<std::string_view, 2>, 7> vectors{{{"", ""},
                                                                      {"f", "MY"},
                                                                      {"fo", "MZXQ"},
                                                                      {"foo", "MZXW6"},
                                                                      {"foob", "MZXW6YQ"},
                                                                      {"fooba", "MZXW6YTB"},
                                                                      {"foobar", "MZXW6YTBOI"}}};
    for (const auto& [plain, base32] : vectors) {
        EXPECT_EQ(encoded(plain), base32);
        EXPECT_EQ(decoded(base32), plain);
    }
}

TEST(Base32, AcceptsThePaddingOfTheRfc) {
    EXPECT_EQ(decoded("MY======"), "f");
    EXPECT_EQ(decoded("MZXQ===="), "fo");
    EXPECT_EQ(decoded("MZXW6==="), "foo");
    EXPECT_EQ(decoded("MZXW6YQ="), "foob");
}

TEST(Base32, AcceptsWhatPeoplePaste) {
    EXPECT_EQ(decoded("mzxw 6ytb oi"), "foobar");
    EXPECT_EQ(decoded(" MZXW-6YTB-OI "), "foobar");
    EXPECT_EQ(decoded("mzXW 6=== "), "foo");
}

TEST(Base32, RefusesOtherCharacters) {
    for (const std::string_view bad :
         {"MZXW0", "MZXW1", "MZXW8", "MZXW9", "MZXW6YT!", "MZ\tXW6", "MZXW6\n", "M\xc3\x84", "MZ=XW6",
          "=MZXW6", "MZXW6=======", "======", "=", " ", "-"}) {
        EXPECT_EQ(testing::failure(base32_decode(bad)), Errc::invalid) << bad;
    }
    EXPECT_FALSE(base32_decode(std::string_view("MY\0", 3)).has_value());
}

TEST(Base32, RefusesImpossibleLengths) {
    for (const std::string_view bad : {"A", "AAA", "AAAAAA", "AAAAAAAAA", "AAAAAAAAAAA"}) {
        EXPECT_FALSE(base32_decode(bad).has_value()) << bad;
    }
}

// "MZ" would be "f" too: one key, two texts.
TEST(Base32, RefusesBitsBehindTheEnd) {
    for (const std::string_view bad : {"MZ", "M5", "MZXR", "MZXW7", "MZXW6YR"}) {
        EXPECT_FALSE(base32_decode(bad).has_value()) << bad;
    }
}

LeftOver left_over(std::string_view text) {
    return base32_decode_leniently(text).value().left_over;
}

TEST(Base32, SaysWhatBelongsToNoByteAndDropsIt) {
    EXPECT_EQ(base32_decode_leniently("MZ")->bytes.text(), "f");
    for (const std::string_view bits : {"MZ", "M5", "MZXR", "MZXW7", "MZXW6YR"})
        EXPECT_EQ(left_over(bits), LeftOver::bits) << bits;
    for (const std::string_view symbol : {"A", "AAA", "AAAAAA", "MZXW6YTBA"})
        EXPECT_EQ(left_over(symbol), LeftOver::symbol) << symbol;
    for (const std::string_view nothing : {"", "MY", "MZXQ====", "mzxw 6ytb oi"})
        EXPECT_EQ(left_over(nothing), LeftOver::nothing) << nothing;
    EXPECT_EQ(base32_decode_leniently("MZXW6YTBA")->bytes.text(), "fooba");
    EXPECT_EQ(testing::failure(base32_decode_leniently("MZ1")), Errc::invalid);
}

TEST(Base32, EveryLengthComesBack) {
    testing::SeededRandomness random;
    for (std::size_t size = 0; size <= 130; ++size) {
        const Secret bytes = random.secret(size);
        const Secret text = base32_encode(bytes.bytes());
        const auto back = base32_decode(text.text());
        ASSERT_TRUE(back.has_value()) << size;
        EXPECT_TRUE(equal_in_constant_time(*back, bytes)) << size;
    }
}

TEST(Base32, GroupsOfFour) {
    const auto grouped = [](std::string_view text) {
        return std::string(in_groups_of_four(Secret::copy_of(text)).text());
    };
    EXPECT_EQ(grouped("JBSWY3DPEHPK3PXP"), "JBSW Y3DP EHPK 3PXP");
    EXPECT_EQ(grouped("JBSWY"), "JBSW Y");
    EXPECT_EQ(grouped("JBSW"), "JBSW");
    EXPECT_EQ(grouped(""), "");
}

}  // namespace
}  // namespace secondstep::otp
