#include "otp/typed_answer.h"

#include <gtest/gtest.h>

#include <string>

namespace secondstep::dialogue {
namespace {

std::string kind_of(std::string_view typed) {
    const TypedAnswer answer = classify(typed);
    if (const auto* otp = std::get_if<TypedOtp>(&answer)) return "otp " + std::string(otp->digits.text());
    if (std::holds_alternative<AskedForHelp>(answer)) return "help";
    if (std::holds_alternative<NotACode>(answer)) return "no code";
    if (std::holds_alternative<ReplacedBySshd>(answer)) return "sshd";
    return "recovery";
}

TEST(TypedAnswer, SixToEightDigitsAreAOneTimePassword) {
    EXPECT_EQ(kind_of("012345"), "otp 012345");
    EXPECT_EQ(kind_of("0123456"), "otp 0123456");
    EXPECT_EQ(kind_of("01234567"), "otp 01234567");
    EXPECT_EQ(kind_of("012 345"), "otp 012345");
    EXPECT_EQ(kind_of(" 01-23-45 "), "otp 012345");
}

TEST(TypedAnswer, OtherNumbersAreNot) {
    for (const char* typed : {"", " ", "-", "12345", "123456789", "+123456", "12345a", "1234.5",
                              "\xef\xbc\x91"
                              "23456",
                              "123456\n", "\t123456", "12345\x7f", "0x1234"}) {
        EXPECT_EQ(kind_of(typed), "no code") << typed;
    }
    EXPECT_EQ(kind_of(std::string_view("123456\0", 7)), "no code");
}

TEST(TypedAnswer, RecoveryCodesOfBothForms) {
    EXPECT_EQ(kind_of("7K3M-9QXT-2HVB-W4ZD"), "recovery");
    EXPECT_EQ(kind_of("7k3m 9qxt 2hvb w4zd"), "recovery");
    EXPECT_EQ(kind_of("7K3M-9QXT-2HVB-W4ZD-0123-4567"), "recovery");
    EXPECT_EQ(kind_of("0123-4567-8901-2345"), "recovery")
        << "digits alone may be one, too long for a password";
    EXPECT_EQ(kind_of("7K3M-9QXT-2HVB-W4Z"), "no code");
    EXPECT_EQ(kind_of("7K3M-9QXT-2HVB-W4ZU"), "no code");
}

TEST(TypedAnswer, AQuestionMarkAloneAsksForHelp) {
    EXPECT_EQ(kind_of("?"), "help");
    EXPECT_EQ(kind_of(" ?\t"), "help");
    EXPECT_EQ(kind_of("??"), "no code");
    EXPECT_EQ(kind_of("?123456"), "no code");
}

// fake_password() in OpenSSH's auth-pam.c: as long as what was typed.
TEST(TypedAnswer, SshdsOwnAnswerIsKnownAtEveryLength) {
    const std::string once = "\b\n\r\177INCORRECT";
    const std::string often = once + once + once;
    for (std::size_t length = 1; length <= often.size(); ++length)
        EXPECT_EQ(kind_of(often.substr(0, length)), "sshd") << length;
    for (std::size_t begin = 0; begin < once.size(); ++begin)
        EXPECT_EQ(kind_of(often.substr(begin, 10)), "sshd") << "behind a password in one field: " << begin;
    for (const char* typed :
         {"INCORRECT", "INCORR", "\n", "\r\n", "\177", "\b\n\r\177INCORRECT!", "\b\b", "x\b\n\r\177"})
        EXPECT_EQ(kind_of(typed), "no code") << typed;
}

}  // namespace
}  // namespace secondstep::dialogue
