#include "console/similar_word.h"

#include <gtest/gtest.h>

#include <vector>

namespace secondstep::tool {

namespace {

const std::vector<std::string> verbs{"setup",          "enroll", "status", "unlock",
                                     "temporary-code", "portal", "code",   "pam"};

TEST(SimilarWord, IsTheOneThatWasMeant) {
    EXPECT_EQ(similar_word("enrol", verbs), "enroll");
    EXPECT_EQ(similar_word("statsu", verbs), "status");
    EXPECT_EQ(similar_word("unlcok", verbs), "unlock");
    EXPECT_EQ(similar_word("temporay-cod", verbs), "temporary-code");
    EXPECT_EQ(similar_word("temp", verbs), "temporary-code");
    EXPECT_EQ(similar_word("pma", verbs), "pam");
}

TEST(SimilarWord, IsNoneWhereNoneIsNear) {
    EXPECT_EQ(similar_word("frobnicate", verbs), std::nullopt);
    EXPECT_EQ(similar_word("x", verbs), std::nullopt);
    EXPECT_EQ(similar_word("", verbs), std::nullopt);
    EXPECT_EQ(similar_word("s", verbs), std::nullopt) << "two begin so";
    EXPECT_EQ(similar_word(std::string(100000, 'e'), verbs), std::nullopt);
    EXPECT_EQ(did_you_mean("frobnicate", verbs), "");
    EXPECT_EQ(did_you_mean("enrol", verbs), "; did you mean \"enroll\"?");
}

}  // namespace

}  // namespace secondstep::tool
