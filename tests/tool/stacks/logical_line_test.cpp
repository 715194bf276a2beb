#include "stacks/logical_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using End = secondstep::tool::LogicalLines::End;

namespace secondstep::tool {

namespace {

// What has no rules of its own here is read the same by both. The rules before 1.6.0 are those of the oracle's libpam
// on Debian 12; those since 1.6.0 are tried against 1.7.0 by hand, as tests/oracle says.
const LibpamRules before_1_6{};
const LibpamRules since_1_6{.directories = {"/etc/pam.d"}, .debian = true, .since_1_6 = true};

std::vector<std::string> texts(std::string_view file, const LibpamRules& rules) {
    std::vector<std::string> out;
    for (const LogicalLine& line : logical_lines(file, rules).lines)
        out.push_back(line.text);
    return out;
}

class ByEveryRule : public ::testing::TestWithParam<bool> {
  protected:
    LibpamRules rules_ = GetParam() ? since_1_6 : before_1_6;
};
INSTANTIATE_TEST_SUITE_P(LogicalLine, ByEveryRule, ::testing::Bool(),
                         [](const auto& which) { return which.param ? "Since160" : "Before160"; });

TEST_P(ByEveryRule, LinesAreLines) {
    EXPECT_THAT(
        texts("auth required pam_a.so\n\n  # why\n\tauth optional pam_b.so # because\nlast", rules_),
        ElementsAre("auth required pam_a.so\n", ::testing::HasSubstr("auth optional pam_b.so "), "last"));
    EXPECT_THAT(texts("", rules_), IsEmpty());
    EXPECT_THAT(texts("\n \n#\n", rules_), IsEmpty());
}

TEST_P(ByEveryRule, ABackslashContinuesBeforeBlanks) {
    EXPECT_THAT(texts("auth required \\ \t\npam_a.so\n", rules_), ElementsAre("auth required  pam_a.so\n"));
    EXPECT_THAT(texts("auth\\\nrequired pam_a.so\n", rules_), ElementsAre("auth required pam_a.so\n"));
}

TEST_P(ByEveryRule, ABackslashInACommentContinuesNothing) {
    EXPECT_THAT(texts("auth required pam_a.so # why \\\nauth required pam_b.so\n", rules_),
                ElementsAre("auth required pam_a.so ", "auth required pam_b.so\n"));
    EXPECT_THAT(texts("# why \\\nauth required pam_b.so\n", rules_), ElementsAre("auth required pam_b.so\n"));
}

TEST_P(ByEveryRule, TwoBackslashesAreOneAndAContinuation) {
    EXPECT_THAT(texts("auth required pam_a.so \\\\\nx\n", rules_),
                ElementsAre("auth required pam_a.so \\ x\n"));
}

TEST_P(ByEveryRule, AFileThatEndsInAContinuedLineIsIncomplete) {
    const LogicalLines lines = logical_lines("auth required pam_a.so\nauth required \\\n", rules_);
    EXPECT_EQ(lines.end, End::incomplete);
    EXPECT_EQ(lines.end_line, 2U);
    EXPECT_EQ(lines.lines.size(), 1U);
    EXPECT_EQ(logical_lines("auth required pam_a.so \\", rules_).end, End::incomplete);
    EXPECT_EQ(logical_lines("auth required pam_a.so", rules_).end, End::whole);
}

TEST_P(ByEveryRule, ACarriageReturnIsAByte) {
    EXPECT_THAT(texts("auth required pam_a.so\r\n", rules_), ElementsAre("auth required pam_a.so\r\n"));
    EXPECT_THAT(texts("\r\n", rules_), ElementsAre("\r\n"));
    // The backslash is not the last byte then.
    EXPECT_THAT(texts("auth required \\\r\npam_a.so\r\n", rules_),
                ElementsAre("auth required \\\r\n", "pam_a.so\r\n"));
}

TEST_P(ByEveryRule, NothingIsSeenBehindANul) {
    const LogicalLines lines =
        logical_lines(std::string_view("auth re\0quired pam_a.so\nnext\n", 29), rules_);
    ASSERT_EQ(lines.lines.size(), 2U);
    EXPECT_EQ(lines.lines[0].text, "auth re");
    EXPECT_TRUE(lines.lines[0].has_nul);
    EXPECT_FALSE(lines.lines[1].has_nul);
}

TEST_P(ByEveryRule, ALineOf1023BytesIsOne) {
    const LogicalLines lines = logical_lines(std::string(1022, 'a') + "\nb\n", rules_);
    ASSERT_EQ(lines.lines.size(), 2U);
    EXPECT_EQ(lines.lines[0].text.size(), 1023U);
    EXPECT_EQ(lines.lines[1].first, 2U);
    EXPECT_FALSE(lines.lines[1].is_rest);
}

// fgets(3) leaves the end of the line for the next call, which finds nothing in it.
TEST_P(ByEveryRule, ALineOf1023BytesAndItsEndIsOne) {
    const LogicalLines lines = logical_lines(std::string(1023, 'a') + "\nb\n", rules_);
    ASSERT_EQ(lines.lines.size(), 2U);
    EXPECT_EQ(lines.lines[1].text, "b\n");
}

TEST(LogicalLine, Before160TheRestOfALongLineIsALine) {
    const std::string file = std::string(1024, 'a') + "\n";
    const LogicalLines lines = logical_lines(file, before_1_6);
    ASSERT_EQ(lines.lines.size(), 2U);
    EXPECT_EQ(lines.lines[0].text.size(), 1023U);
    EXPECT_EQ(lines.lines[1].text, "a\n");
    EXPECT_TRUE(lines.lines[1].is_rest);
    EXPECT_EQ(lines.lines[1].first, 1U);
    EXPECT_THAT(texts(file, since_1_6), ElementsAre(file));
}

// An attack on who reads the file and not the rules: what stands in a comment is in force.
TEST(LogicalLine, Before160TheRestOfALongCommentIsALine) {
    const std::string file = "#" + std::string(1022, '-') + "auth sufficient pam_permit.so\n";
    EXPECT_THAT(texts(file, before_1_6), ElementsAre("auth sufficient pam_permit.so\n"));
    EXPECT_THAT(texts(file, since_1_6), IsEmpty());
}

TEST(LogicalLine, AnEmptyLineOrACommentEndsAContinuedLineSince160) {
    const std::string empty = "auth required \\\n\npam_a.so\n";
    EXPECT_THAT(texts(empty, before_1_6), ElementsAre("auth required  pam_a.so\n"));
    EXPECT_THAT(texts(empty, since_1_6), ElementsAre("auth required  \n", "pam_a.so\n"));
    const std::string comment = "auth required \\\n  # why\npam_a.so\n";
    EXPECT_THAT(texts(comment, before_1_6), ElementsAre("auth required  pam_a.so\n"));
    EXPECT_THAT(texts(comment, since_1_6), ElementsAre("auth required  ", "pam_a.so\n"));
    EXPECT_EQ(logical_lines(comment, before_1_6).lines.front().last, 3U);
}

// "x...x\" and its end fill 1023 bytes; the blank for the backslash leaves room for one more, which is a backslash.
TEST(LogicalLine, Before160AContinuedLineThatFillsTheBufferIsReadForEver) {
    const std::string file = "auth required pam_a.so\n" + std::string(1021, 'x') + "\\\n\\\ny\n";
    const LogicalLines lines = logical_lines(file, before_1_6);
    EXPECT_EQ(lines.end, End::endless);
    EXPECT_EQ(lines.end_line, 2U);
    EXPECT_EQ(lines.lines.size(), 1U);
    EXPECT_EQ(logical_lines(file, since_1_6).end, End::whole);
    // One byte less, and it comes to an end.
    const std::string shorter = std::string(1020, 'x') + "\\\n\\\ny\n";
    EXPECT_EQ(logical_lines(shorter, before_1_6).end, End::whole);
}

TEST(LogicalLine, KnowsTheLinesThatItStandsOn) {
    const LogicalLines lines = logical_lines("\n# why\nauth \\\n required \\\n pam_a.so\nnext\n", before_1_6);
    ASSERT_EQ(lines.lines.size(), 2U);
    EXPECT_EQ(lines.lines[0].first, 3U);
    EXPECT_EQ(lines.lines[0].last, 5U);
    EXPECT_EQ(lines.lines[1].first, 6U);
}

}  // namespace

}  // namespace secondstep::tool
