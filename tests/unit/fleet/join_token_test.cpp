#include "fleet/join_token.h"

#include <gmock/gmock.h>

#include <string>

#include "support/seeded_randomness.h"

namespace secondstep::fleet {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

JoinToken sample() {
    testing::SeededRandomness randomness(4);
    return {randomness.array<5>(), randomness.secret(join_secret_size), randomness.array<16>()};
}

std::string text_of(const JoinToken& token) {
    return std::string(to_text(token).value().text());
}

TEST(JoinToken, IsGroupsOfFourThatComeBack) {
    const JoinToken token = sample();
    const std::string text = text_of(token);
    EXPECT_THAT(text, MatchesRegex("([0-9A-HJKMNP-TV-Z]{4}-){13}[0-9A-HJKMNP-TV-Z]{4}"));
    const auto back = parse_join_token(text);
    ASSERT_TRUE(back) << back.error().detail;
    EXPECT_EQ(back->permission, token.permission);
    EXPECT_EQ(back->secret.text(), token.secret.text());
    EXPECT_EQ(back->authority, token.authority);
}

TEST(JoinToken, IsReadHoweverItWasPasted) {
    const std::string text = text_of(sample());
    std::string pasted = "  Token: ";
    for (const char c : text)
        pasted += c == '-' ? " " : std::string(1, static_cast<char>(std::tolower(c)));
    EXPECT_TRUE(parse_join_token(pasted + " \r\n"));
}

// Two bytes of check: of the single mistakes about one in 65,536 would pass.
TEST(JoinToken, AnyOtherCharacterIsNoticed) {
    const std::string text = text_of(sample());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '-') continue;
        std::string wrong = text;
        wrong[i] = text[i] == '7' ? '8' : '7';
        const auto read = parse_join_token(wrong);
        ASSERT_FALSE(read) << i;
        EXPECT_EQ(read.error().code, Errc::invalid);
        EXPECT_THAT(read.error().detail, HasSubstr("another one"));
    }
}

TEST(JoinToken, OfAnotherLengthIsNone) {
    const std::string text = text_of(sample());
    for (const std::string& wrong : {std::string(), text.substr(5), text + "-0000", text + text, text + "U",
                                     std::string("7K3M-9QXT-2HVB-W4ZD")})
        EXPECT_THAT(parse_join_token(wrong).error().detail, HasSubstr("56 letters")) << wrong;
}

TEST(JoinToken, APinIsOfTheWholeKey) {
    const auto one = pin_of(as_bytes("a public key")).value();
    EXPECT_NE(one, pin_of(as_bytes("a public kez")).value());
    EXPECT_EQ(one, pin_of(as_bytes("a public key")).value());
}

}  // namespace
}  // namespace secondstep::fleet
