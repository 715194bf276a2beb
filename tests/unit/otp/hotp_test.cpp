#include "otp/hotp.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>

#include "encoding/base32.h"
#include "support/failure.h"

namespace secondstep::otp {
namespace {

std::string code(const Secret& key, std::uint64_t counter, unsigned digits = 6,
                 Algorithm algorithm = Algorithm::sha1) {
    const auto made = hotp(key, counter, *Digits::create(digits), algorithm);
    return made ? std::string(made->text()) : "refused: " + made.error().detail;
}

const Secret& rfc_key() {
    static const Secret key = Secret::copy_of("12345678901234567890");
    return key;
}

TEST(Hotp, AgreesWithRfc4226AppendixD) {
    constexpr std::array<std::string_view, 10> codes{"755224", "287082", "359152", "969429", "338314",
                                                     "254676", "287922", "162583", "399871", "520489"};
    for (std::size_t counter = 0; counter < codes.size(); ++counter) {
        EXPECT_EQ(code(rfc_key(), counter), codes[counter]) << counter;
    }
}

// The appendix gives the truncated numbers too: 1284755224 and so on.
TEST(Hotp, MoreDigitsShowMoreOfTheSameNumber) {
    EXPECT_EQ(code(rfc_key(), 0, 7), "4755224");
    EXPECT_EQ(code(rfc_key(), 0, 8), "84755224");
    EXPECT_EQ(code(rfc_key(), 1, 8), "94287082");
    EXPECT_EQ(code(rfc_key(), 9, 8), "45520489");
}

TEST(Hotp, KeepsLeadingZeros) {
    std::size_t with_zero = 0;
    for (std::uint64_t counter = 0; counter < 200; ++counter) {
        const std::string made = code(rfc_key(), counter);
        EXPECT_EQ(made.size(), 6U);
        if (made.front() == '0') ++with_zero;
    }
    EXPECT_GT(with_zero, 0U);
}

TEST(Hotp, UsesAllBitsOfTheCounter) {
    EXPECT_NE(code(rfc_key(), 1), code(rfc_key(), 1 + (std::uint64_t{1} << 32)));
    EXPECT_EQ(code(rfc_key(), UINT64_MAX).size(), 6U);
}

TEST(Hotp, RefusesAnEmptyKey) {
    EXPECT_EQ(testing::failure(hotp(Secret(), 0, six_digits(), Algorithm::sha1)), Errc::invalid);
    EXPECT_EQ(code(Secret(1), 0).size(), 6U);
}

TEST(Hotp, DigitsAreSixSevenOrEight) {
    for (const unsigned bad : {0U, 1U, 5U, 9U, 10U, 4294967295U}) {
        EXPECT_EQ(testing::failure(Digits::create(bad)), Errc::invalid) << bad;
    }
    for (const unsigned good : {6U, 7U, 8U})
        EXPECT_EQ(Digits::create(good)->value(), good);
    EXPECT_EQ(six_digits().value(), 6U);
}

std::string code_of_form(CodeForm form, std::uint64_t counter) {
    return std::string(hotp(rfc_key(), counter, form, Algorithm::sha1)->text());
}

TEST(Hotp, APortalMayAskForFourToTenDigits) {
    EXPECT_EQ(code_of_form(*CodeForm::decimal(4), 0), "5224");
    EXPECT_EQ(code_of_form(*CodeForm::decimal(9), 0), "284755224");
    EXPECT_EQ(code_of_form(*CodeForm::decimal(10), 0), "1284755224");
    EXPECT_EQ(code_of_form(*CodeForm::decimal(10), 7), "0082162583");
    for (const unsigned bad : {0U, 3U, 11U, 4294967295U})
        EXPECT_EQ(testing::failure(CodeForm::decimal(bad)), Errc::invalid) << bad;
}

// The times and codes with which KeePassXC tests its own.
TEST(Hotp, SteamHasFiveLettersOfItsAlphabet) {
    const auto key = base32_decode("63BEDWCQZKTQWPESARIERL5DTTQFCJTK");
    EXPECT_EQ(hotp(*key, 1511200518 / 30, CodeForm::steam(), Algorithm::sha1)->text(), "FR8RV");
    EXPECT_EQ(hotp(*key, 1511200714 / 30, CodeForm::steam(), Algorithm::sha1)->text(), "9P3VP");
    EXPECT_EQ(CodeForm::steam().symbols(), 5U);
    EXPECT_NE(CodeForm::steam(), *CodeForm::decimal(5));
}

TEST(Hotp, AlgorithmsHaveNames) {
    for (const Algorithm algorithm : {Algorithm::sha1, Algorithm::sha256, Algorithm::sha512}) {
        EXPECT_EQ(algorithm_from_text(to_text(algorithm)), algorithm);
    }
    EXPECT_EQ(algorithm_from_text("SHA256"), Algorithm::sha256);
    for (const std::string_view bad : {"", "sha", "sha-1", "sha224", "sha384", "md5", "sha1 ", "hmacsha1"}) {
        EXPECT_FALSE(algorithm_from_text(bad).has_value()) << bad;
    }
}

// The service computes in several threads; what they share is made by whoever comes first.
TEST(Hotp, IsTheSameFromManyThreadsAtOnce) {
    std::atomic<int> wrong = 0;
    const auto compute = [&wrong] {
        for (int i = 0; i < 300; ++i) {
            if (code(rfc_key(), 3) != "969429") ++wrong;
            if (code(rfc_key(), 3, 6, Algorithm::sha256) != code(rfc_key(), 3, 6, Algorithm::sha256)) ++wrong;
        }
    };
    {
        std::array<std::jthread, 4> threads;
        for (std::jthread& thread : threads)
            thread = std::jthread(compute);
    }
    EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace secondstep::otp
