#include "otp/recovery_codes.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>
#include <string>

#include "base/text.h"
#include "support/pasted_forms.h"
#include "support/seeded_randomness.h"

namespace secondstep::otp {
namespace {

constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

std::string normalized(std::string_view typed) {
    const auto code = normalize_recovery_code(typed);
    return code ? std::string(code->symbols.text()) : "refused";
}

std::string scratch(std::string_view typed) {
    const auto code = normalize_scratch_code(typed);
    return code ? std::string(code->symbols.text()) : "refused";
}

std::string digest(std::string_view typed, std::string_view pepper, std::string_view salt) {
    auto code = normalize_recovery_code(typed);
    if (!code) code = normalize_scratch_code(typed);
    if (!code) return "refused";
    const auto made = recovery_digest(*code, as_bytes(pepper), as_bytes(salt));
    return made ? hex(*made) : made.error().detail;
}

TEST(RecoveryCodes, HaveTheShapePeopleSee) {
    testing::SeededRandomness random;
    const Secret short_one = make_recovery_code(RecoveryCodeForm::short_code, random);
    const Secret long_one = make_recovery_code(RecoveryCodeForm::long_code, random);
    EXPECT_EQ(short_one.size(), 19U);
    EXPECT_EQ(long_one.size(), 29U);
    for (const Secret* code : {&short_one, &long_one}) {
        for (std::size_t i = 0; i < code->size(); ++i) {
            const char c = code->text()[i];
            if (i % 5 == 4) {
                EXPECT_EQ(c, '-') << i;
            } else {
                EXPECT_NE(crockford.find(c), std::string_view::npos) << c;
            }
        }
    }
}

TEST(RecoveryCodes, ComeBackAsTheyWereMade) {
    testing::SeededRandomness random;
    for (const auto form : {RecoveryCodeForm::short_code, RecoveryCodeForm::long_code}) {
        const Secret code = make_recovery_code(form, random);
        const auto typed = normalize_recovery_code(code.text());
        if (!typed) FAIL() << "not taken for a code";
        EXPECT_EQ(typed->form, form);
        EXPECT_EQ(typed->symbols.size(), symbols_of(form));
    }
}

TEST(RecoveryCodes, NeverRepeat) {
    SystemRandomness random;
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        seen.emplace(make_recovery_code(RecoveryCodeForm::short_code, random).text());
    }
    EXPECT_EQ(seen.size(), 1000U);
}

// Chi-square over the 32 symbols at each of the 16 places: 31 degrees of freedom,
// so 80 is six deviations away.
TEST(RecoveryCodes, UseEverySymbolEquallyOften) {
    constexpr int codes = 6400;
    testing::SeededRandomness random;
    std::array<std::map<char, int>, 16> counted;
    for (int i = 0; i < codes; ++i) {
        const std::string symbols =
            normalized(make_recovery_code(RecoveryCodeForm::short_code, random).text());
        for (std::size_t place = 0; place < counted.size(); ++place)
            ++counted[place][symbols[place]];
    }
    for (auto& place : counted) {
        double chi_square = 0;
        for (const char c : crockford) {
            const double deviation = place[c] - codes / 32.0;
            chi_square += deviation * deviation / (codes / 32.0);
        }
        EXPECT_LT(chi_square, 80);
        EXPECT_EQ(place.size(), crockford.size());
    }
}

TEST(RecoveryCodes, CaseSpacesAndDashesDoNotMatter) {
    EXPECT_EQ(normalized("7K3M-9QXT-2HVB-W4ZD"), "7K3M9QXT2HVBW4ZD");
    EXPECT_EQ(normalized("7k3m 9qxt 2hvb w4zd"), "7K3M9QXT2HVBW4ZD");
    EXPECT_EQ(normalized(" -7k3m9QXT--2hvb w4zd- "), "7K3M9QXT2HVBW4ZD");
}

TEST(RecoveryCodes, LookAlikesAreWhatWasMeant) {
    EXPECT_EQ(normalized("OoIi-LlAA-AAAA-AAAA"), "001111AAAAAAAAAA");
}

TEST(RecoveryCodes, LayoutDoesNotMatter) {
    for (const testing::PastedForm& form : testing::pasted_forms("7K3M-9QXT-2HVB-W4ZD"))
        EXPECT_EQ(normalized(form.text), "7K3M9QXT2HVBW4ZD") << form.name;
    for (const testing::PastedForm& form : testing::pasted_forms("7K3M-9QXT-2HVB-W4ZD-0123-4567"))
        EXPECT_EQ(normalized(form.text), "7K3M9QXT2HVBW4ZD01234567") << form.name;
}

TEST(RecoveryCodes, TheNumberOfTheRowIsNoPartOfThem) {
    for (const std::string_view row :
         {"1  ", "1) ", "16) ", "[ ]  1  ", "[ ] 12  ", "01 ", "  9.", "#3 ", "(4) ", "\xe2\x98\x90 5: "}) {
        EXPECT_EQ(normalized(std::string(row) + "7K3M-9QXT-2HVB-W4ZD"), "7K3M9QXT2HVBW4ZD") << row;
        EXPECT_EQ(normalized(std::string(row) + "7K3M-9QXT-2HVB-W4ZD-0123-4567"), "7K3M9QXT2HVBW4ZD01234567")
            << row;
    }
}

TEST(RecoveryCodes, OtherSymbolsInFrontAreNotPassedOver) {
    for (const std::string_view row : {"1", "17K3M-", "123 ", "x ", "A1 ", "1 2 ", "[x] 1 "})
        EXPECT_EQ(normalized(std::string(row) + "7K3M-9QXT-2HVB-W4ZD"), "refused") << row;
    EXPECT_EQ(normalized("1 2345-6789-ABCD-EFG"), "123456789ABCDEFG") << "with it, it is a code";
}

TEST(RecoveryCodes, WhatHasNotTheShapeIsRefused) {
    for (const std::string_view bad : {
             "",
             "-",
             "7K3M",
             "7K3M-9QXT-2HVB-W4Z",               // 0, 4, 15
             "7K3M-9QXT-2HVB-W4ZD-7",            // 17
             "7K3M-9QXT-2HVB-W4ZD-7K3M-9QX",     // 23
             "7K3M-9QXT-2HVB-W4ZD-7K3M-9QXT-2",  // 25
             "UK3M-9QXT-2HVB-W4ZD",
             "uK3M-9QXT-2HVB-W4ZD",  // U is no symbol
             "7K3M-9QXT-2HVB-W4Z!",
             "7K3M-9QXT-2HVB-W4ZD\b",  // nor are these
             "7K3M-9QXT-2HVB-W4Z\xc3\x84",
         }) {
        EXPECT_FALSE(normalize_recovery_code(bad).has_value()) << bad;
    }
    EXPECT_FALSE(normalize_recovery_code(std::string_view("7K3M-9QXT-2HVB-W4Z\0", 19)).has_value());
    EXPECT_FALSE(normalize_recovery_code(std::string(100000, 'A')).has_value());
    EXPECT_FALSE(normalize_recovery_code(std::string(100000, '-')).has_value());
}

TEST(ScratchCodes, AreEightDigitsHoweverTheyAreGrouped) {
    EXPECT_EQ(scratch("12345678"), "12345678");
    EXPECT_EQ(scratch("00000000"), "00000000");
    EXPECT_EQ(scratch(" 1234 5678 "), "12345678");
    EXPECT_EQ(scratch("12-34-56-78"), "12345678");
    EXPECT_EQ(normalize_scratch_code("12345678")->form, RecoveryCodeForm::scratch_code);
}

TEST(ScratchCodes, WhatHasNotTheShapeIsRefused) {
    for (const std::string_view bad : {"", "-", "1234567", "123456789", "1234567O", "1234567l", "+1234567",
                                       "12345678\b", "0x123456", "1234 567", "7K3M-9QXT-2HVB-W4ZD"}) {
        EXPECT_EQ(scratch(bad), "refused") << bad;
    }
    EXPECT_EQ(scratch(std::string_view("1234567\0", 8)), "refused");
    EXPECT_EQ(scratch(std::string(100000, '1')), "refused");
}

// What has the one shape is judged without a throttle, and what has the other one with it.
TEST(ScratchCodes, AreNoRecoveryCodesOfTheOtherForms) {
    EXPECT_EQ(normalized("12345678"), "refused");
    EXPECT_EQ(scratch("1234-5678-1234-5678"), "refused");
}

// The digests stand in stored credentials: a change here would void every recovery code that was ever given
// out. The values come from Python's hashlib.scrypt and hmac.
TEST(RecoveryCodes, TheStoredFormStaysWhatItIs) {
    EXPECT_EQ(digest("7K3M-9QXT-2HVB-W4ZD", "pepper", "salt"),
              "7b9654064bba7f51fdb870a13c027b73f12e44214d5af1f06e1c318b45598a28");
    EXPECT_EQ(digest("7K3M-9QXT-2HVB-W4ZD-7K3M-9QXT", "pepper", "salt"),
              "756454d162808fcf4315ce8fb828382c2ae02f120023c5b248a9a208ed81ed8c");
    EXPECT_EQ(digest("12345678", "pepper", "salt"),
              "66040c53a673a12afdb88bb57543c2d70c0d7da6be7c9c104444e172f1c52467");
}

TEST(RecoveryCodes, EqualCodesHaveEqualDigests) {
    EXPECT_EQ(digest("0111-9QXT-2HVB-W4ZD", "pepper", "salt"), digest("oiLl 9qxt2hvbw4zd", "pepper", "salt"));
}

TEST(RecoveryCodes, CodePepperAndSaltAllCount) {
    for (const std::string_view code : {"7K3M-9QXT-2HVB-W4ZD", "7K3M-9QXT-2HVB-W4ZD-7K3M-9QXT", "12345678"}) {
        const std::string right = digest(code, "pepper", "salt");
        std::string other(code);
        other.back() = '9';
        EXPECT_NE(digest(other, "pepper", "salt"), right);
        EXPECT_NE(digest(code, "Pepper", "salt"), right);
        EXPECT_NE(digest(code, "pepper", "Salt"), right);
    }
}

// A code is told to its owner as text, and stored as what they will type.
TEST(RecoveryCodes, WhatIsStoredOfANewOneIsWhatTypingItGives) {
    testing::SeededRandomness random;
    for (const auto form : {RecoveryCodeForm::short_code, RecoveryCodeForm::long_code}) {
        const Secret code = make_recovery_code(form, random);
        const auto typed = normalize_recovery_code(code.text());
        ASSERT_TRUE(typed);
        EXPECT_EQ(normalized(form, code).symbols.text(), typed->symbols.text());
        EXPECT_EQ(normalized(form, code).form, typed->form);
    }
}

}  // namespace
}  // namespace secondstep::otp
