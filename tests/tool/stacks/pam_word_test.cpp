#include "stacks/pam_word.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace secondstep::tool {

namespace {

// _pam_StrTok of every libpam.
std::vector<std::string> values(std::string_view line) {
    std::vector<std::string> out;
    for (const PamWord& word : pam_words(line))
        out.push_back(word.value);
    return out;
}

TEST(PamWord, StandsBetweenBlanksTabsAndEndsOfLines) {
    EXPECT_THAT(values(" auth\trequired\n pam_a.so "), ElementsAre("auth", "required", "pam_a.so"));
    EXPECT_THAT(values("a\rb c\v\f"), ElementsAre("a\rb", "c\v\f"));
    EXPECT_THAT(values(" \t\n"), IsEmpty());
}

TEST(PamWord, InBracketsIsOne) {
    EXPECT_THAT(values("[success=ok  default=die] x"), ElementsAre("success=ok  default=die", "x"));
    EXPECT_THAT(values("[a [b] c"), ElementsAre("a [b", "c"));
    EXPECT_THAT(values("[] x"), ElementsAre("", "x"));
}

TEST(PamWord, AClosingBracketIsEscapedByABackslashAndNothingElseIs) {
    EXPECT_THAT(values("[a\\]b] c"), ElementsAre("a]b", "c"));
    EXPECT_THAT(values("[a\\b \\[c] d"), ElementsAre("a\\b \\[c", "d"));
    EXPECT_THAT(values("[a\\\\] b"),
                ElementsAre("a\\] b"));  // the second backslash escapes, and nothing closes
    EXPECT_THAT(values("a\\]b"), ElementsAre("a\\]b"));
}

TEST(PamWord, WhatFollowsABracketAtOnceIsTheNext) {
    EXPECT_THAT(values("[a b]c d"), ElementsAre("a b", "c", "d"));
    EXPECT_THAT(values("[a][b]"), ElementsAre("a", "b"));
}

TEST(PamWord, ABracketWithinAWordIsNone) {
    EXPECT_THAT(values("x[y z]"), ElementsAre("x[y", "z]"));
}

TEST(PamWord, ABracketThatIsNotClosedHoldsTheRest) {
    EXPECT_THAT(values("a [b c\td"), ElementsAre("a", "b c\td"));
    EXPECT_THAT(values("["), ElementsAre(""));
    EXPECT_THAT(values("[a\\]"), ElementsAre("a]"));
}

TEST(PamWord, IsWrittenWithItsBrackets) {
    EXPECT_EQ(written(pam_words("auth\t[success=ok \t default=\\]]  x")), "auth [success=ok default=\\]] x");
    EXPECT_EQ(written({}), "");
}

TEST(PamWord, IsToldInEitherCase) {
    EXPECT_TRUE(is_word("ReQuired", "required"));
    EXPECT_FALSE(is_word("require", "required"));
    EXPECT_FALSE(is_word("requiredd", "required"));
    EXPECT_FALSE(is_word("required\r", "required"));
}

}  // namespace

}  // namespace secondstep::tool
