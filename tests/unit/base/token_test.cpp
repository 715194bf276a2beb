#include "base/token.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <new>

namespace secondstep {
namespace {

TEST(Token, KeepsUpTo256Bytes) {
    EXPECT_TRUE(Token{}.empty());
    EXPECT_EQ(Token::of(Bytes(256, 7))->bytes().size(), 256U);
    EXPECT_FALSE(Token::of(Bytes(257, 7)));
    EXPECT_EQ(Token::of(Bytes{1, 2}), Token::of(Bytes{1, 2}));
    EXPECT_NE(Token::of(Bytes{1, 2}), Token::of(Bytes{1, 2, 0}));
}

TEST(Token, IsWipedAtItsEnd) {
    alignas(Token) std::array<std::uint8_t, sizeof(Token)> room{};
    auto* const token = new (room.data()) Token(*Token::of(Bytes(100, 0x5a)));
    ASSERT_NE(std::ranges::count(room, 0x5a), 0);
    token->~Token();
    EXPECT_EQ(std::ranges::count(room, 0x5a), 0);
}

}  // namespace
}  // namespace secondstep
