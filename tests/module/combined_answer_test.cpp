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

TEST(CombinedAnswer, TheCodeMayBePastedWithItsLayout) {
    for (const char* code : {"492 039", "492-039", "49 20 39", "492039.", "492039 ",
                             "492\xc2\xa0"
                             "039",
                             "492\xe2\x80\x91"
                             "039\t"}) {
        EXPECT_EQ(split("correct horse" + std::string(code)), (Split{"correct horse", code}));
        EXPECT_EQ(split(code), (Split{"", code}));
    }
    EXPECT_EQ(split("correct horse 492 039"), (Split{"correct horse ", "492 039"}))
        << "the blank may be the password's";
    EXPECT_EQ(split("pw1234 5678", 8), (Split{"pw", "1234 5678"}));
    EXPECT_EQ(split("pass!492 039"), (Split{"pass!", "492 039"}));
}

TEST(CombinedAnswer, MayEndInARecoveryCodeHoweverItsGroupsAreParted) {
    for (const char* code : {"7K3M 9QXT 2HVB W4ZD",
                             "7K3M\xe2\x80\x91"
                             "9QXT\xe2\x80\x91"
                             "2HVB\xe2\x80\x91"
                             "W4ZD",
                             "7K3M\xe2\x80\x93"
                             "9QXT\xe2\x80\x93"
                             "2HVB\xe2\x80\x93"
                             "W4ZD",
                             "7K3M 9QXT 2HVB W4ZD 0123 4567",
                             "7K3M\xc2\xa0"
                             "9QXT 2H49 2039"})
        EXPECT_EQ(split("correct horse" + std::string(code)), (Split{"correct horse", code})) << code;
    EXPECT_EQ(split("pw4Y7K7\xe2\x80\x93"
                    "J3SG5"),
              (Split{"pw",
                     "4Y7K7\xe2\x80\x93"
                     "J3SG5"}));
}

// Of a password of words the end must not be taken for a code.
TEST(CombinedAnswer, WordsOfAPasswordAreNoCode) {
    EXPECT_EQ(split("blue cats like fish492039"), (Split{"blue cats like fish", "492039"}));
    EXPECT_EQ(split("blue cats like fish 492039"), (Split{"blue cats like fish ", "492039"}));
    EXPECT_EQ(split("good cats like 4920 3911", 8), (Split{"good cats like ", "4920 3911"}));
    EXPECT_EQ(split("correct horse"), (Split{"correct", " horse"}))
        << "two words of five are no temporary code";
}

// sshd's own answer: its end arrives as ever, and is known.
TEST(CombinedAnswer, SshdsOwnAnswerIsNotTakenApartElsewhere) {
    const std::string once = "\b\n\r\177INCORRECT";
    const std::string often = once + once + once;
    for (std::size_t length = 6; length <= often.size(); ++length)
        EXPECT_EQ(split(often.substr(0, length)).code, often.substr(length - 6, 6)) << length;
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
