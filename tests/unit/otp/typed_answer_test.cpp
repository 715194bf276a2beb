#include "otp/typed_answer.h"

#include <gtest/gtest.h>

#include <string>

#include "support/pasted_forms.h"

namespace secondstep::dialogue {
namespace {

std::string kind_of(std::string_view typed) {
    const TypedAnswer answer = classify(typed);
    if (const auto* otp = std::get_if<TypedOtp>(&answer)) return "otp " + std::string(otp->digits.text());
    if (std::holds_alternative<AskedForHelp>(answer)) return "help";
    if (std::holds_alternative<NotACode>(answer)) return "no code";
    if (std::holds_alternative<SeveralCodes>(answer)) return "several";
    if (const auto* one = std::get_if<otp::OneTimeCode>(&answer))
        return "temporary " + std::string(one->symbols.text());
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
    for (const char* typed : {"", " ", "-", "12345", "123456789", "12345a", "1234.5", "12345\x7f", "0x1234",
                              "\xc2\xb2"
                              "12345"}) {
        EXPECT_EQ(kind_of(typed), "no code") << typed;
    }
    EXPECT_EQ(kind_of(std::string_view("123456\0", 7)), "no code");
}

TEST(TypedAnswer, LayoutDoesNotMatter) {
    const std::string code = "012345";
    for (const testing::PastedForm& form : testing::pasted_forms(code))
        EXPECT_EQ(kind_of(form.text), "otp 012345") << form.name;
    for (const testing::PastedForm& form : testing::pasted_forms("7K3M-9QXT-2HVB-W4ZD"))
        EXPECT_EQ(kind_of(form.text), "recovery") << form.name;
    for (const testing::PastedForm& form : testing::pasted_forms("7K3M9-QXT2H"))
        EXPECT_EQ(kind_of(form.text), "temporary 7K3M9QXT2H") << form.name;
}

// The captions have the lengths with which letters and code together look like another code.
TEST(TypedAnswer, ACaptionNeverBecomesPartOfACode) {
    EXPECT_EQ(kind_of("Code: 123456"), "otp 123456") << "ten symbols together";
    EXPECT_EQ(kind_of("Secret: 7K3M9-QXT2H"), "temporary 7K3M9QXT2H") << "sixteen";
    EXPECT_EQ(kind_of("Recovery: 7K3M-9QXT-2HVB-W4ZD"), "recovery") << "24";
    EXPECT_EQ(otp::normalize_recovery_code("Recovery: 7K3M-9QXT-2HVB-W4ZD")->form,
              otp::RecoveryCodeForm::short_code);
    EXPECT_EQ(kind_of("ABCD:EFGH:JKMN:PQRS"), "recovery");
    EXPECT_EQ(kind_of("KQXTM:ABCDE"), "no code");
    EXPECT_EQ(kind_of("code 123456"), "temporary C0DE123456") << "words without a colon are no caption";
}

// What looks like a password is not judged, and so not counted.
TEST(TypedAnswer, PasswordsAreNotTemporaryCodes) {
    for (const char* typed :
         {"Winter2024", "Winter2024!", "!Winter2024", "Winter!2024", "P4ssw0rd.99", "(Winter2024)"})
        EXPECT_EQ(kind_of(typed), "no code") << typed;
}

TEST(TypedAnswer, SeveralCodesAreNotGuessedAt) {
    for (const char* typed :
         {"492039 118204", "492 039  118 204", "492039, 118204.",
          "   1) 7K3M-9QXT-2HVB-W4ZD   2) 0123-4567-89AB-CDEF", "7K3M-9QXT-2HVB-W4ZD  0123-4567-89AB-CDEF"})
        EXPECT_EQ(kind_of(typed), "several") << typed;
    for (const char* typed :
         {"1234567890123", "12 34 56 78 90 12 3", "the quick brown fox jumps over the lazy dog"})
        EXPECT_EQ(kind_of(typed), "no code") << typed;
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
    EXPECT_EQ(kind_of("\xef\xbc\x9f"), "help") << "full-width";
    EXPECT_EQ(kind_of("\xc2\xa0?"), "help");
    EXPECT_EQ(kind_of("??"), "no code");
    EXPECT_EQ(kind_of("? ?"), "no code");
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
