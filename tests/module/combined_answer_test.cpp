#include "combined_answer.h"

#include <gtest/gtest.h>

#include <string>

namespace secondstep::module {
namespace {

struct Split {
    std::string password;
    std::string code;
    bool operator==(const Split&) const = default;
};

Split split(const std::string& typed, std::uint8_t length = 6) {
    const CombinedAnswer both = split_combined(Secret::copy_of(typed), length);
    return {.password = both.password ? std::string(both.password->text()) : "(none)",
            .code = std::string(both.code.text())};
}

TEST(CombinedAnswer, EndsInTheCode) {
    EXPECT_EQ(split("correct horse492039"), (Split{"correct horse", "492039"}));
    EXPECT_EQ(split("pw12345678", 8), (Split{"pw", "12345678"}));
}

TEST(CombinedAnswer, MayHaveAnEmptyPassword) {
    EXPECT_EQ(split("492039"), (Split{"", "492039"}));
}

TEST(CombinedAnswer, ShorterThanACodeIsAllOfIt) {
    EXPECT_EQ(split("?"), (Split{"(none)", "?"}));
    EXPECT_EQ(split("49203"), (Split{"(none)", "49203"}));
    EXPECT_EQ(split(""), (Split{"(none)", ""}));
}

TEST(CombinedAnswer, MayEndInARecoveryCode) {
    EXPECT_EQ(split("pw7K3M-9QXT-2HVB-W4ZD"), (Split{"pw", "7K3M-9QXT-2HVB-W4ZD"}));
    EXPECT_EQ(split("pw7k3m-9qxt-2hvb-w4zd"), (Split{"pw", "7k3m-9qxt-2hvb-w4zd"}));
    EXPECT_EQ(split("pw7K3M-9QXT-2HVB-W4ZD-AAAA-0123"), (Split{"pw", "7K3M-9QXT-2HVB-W4ZD-AAAA-0123"}));
    EXPECT_EQ(split("7K3M-9QXT-2HVB-W4ZD"), (Split{"", "7K3M-9QXT-2HVB-W4ZD"}));
}

TEST(CombinedAnswer, MayEndInATemporaryCode) {
    EXPECT_EQ(split("password4Y7K7-J3SG5"), (Split{"password", "4Y7K7-J3SG5"}));
    EXPECT_EQ(split("password4y7k7-j3sg5", 8), (Split{"password", "4y7k7-j3sg5"}));
    EXPECT_EQ(split("4Y7K7-J3SG5"), (Split{"", "4Y7K7-J3SG5"}));
    EXPECT_EQ(split("password4Y7K7J3SG5"), (Split{"password4Y7K", "7J3SG5"})) << "its dash is needed";
}

// "abcde-" and six digits behind it: the dash is where a temporary code has none.
TEST(CombinedAnswer, APasswordWithADashIsNoTemporaryCode) {
    EXPECT_EQ(split("abcde-492039"), (Split{"abcde-", "492039"}));
    EXPECT_EQ(split("abcde-4920391", 7), (Split{"abcde-", "4920391"}));
    EXPECT_EQ(split("abcde-12345678", 8), (Split{"abcde-", "12345678"}));
}

TEST(CombinedAnswer, DashesElsewhereMakeNoRecoveryCode) {
    EXPECT_EQ(split("7K3M-9QXT-2HVB-W4Z492039"), (Split{"7K3M-9QXT-2HVB-W4Z", "492039"}));
    EXPECT_EQ(split("a-b-c492039"), (Split{"a-b-c", "492039"}));
    EXPECT_EQ(split("7K3M-9QXT-2HVB-W4\xc3\xa9"), (Split{"7K3M-9QXT-2HV", "B-W4\xc3\xa9"}));
}

}  // namespace
}  // namespace secondstep::module
