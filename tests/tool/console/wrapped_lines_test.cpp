#include "console/wrapped_lines.h"

#include <gtest/gtest.h>

namespace secondstep::tool {

namespace {

TEST(WrappedLines, AreBrokenAtBlanksAndNeverInsideAWord) {
    EXPECT_EQ(wrapped("one two three", 9), "one two\nthree\n");
    EXPECT_EQ(wrapped("one two three", 13), "one two three\n");
    EXPECT_EQ(wrapped("a /very/long/path b", 6), "a\n/very/long/path\nb\n");
    EXPECT_EQ(wrapped("/very/long/path", 6), "/very/long/path\n");
    EXPECT_EQ(wrapped("", 6), "\n");
    EXPECT_EQ(wrapped("one\n\ntwo", 6), "one\n\ntwo\n");
    EXPECT_EQ(wrapped("ends in blanks   ", 10), "ends in\nblanks   \n");
}

TEST(WrappedLines, GoOnBelowWhereTheyBegan) {
    EXPECT_EQ(wrapped("  one two three", 9), "  one two\n  three\n");
    EXPECT_EQ(wrapped("ok  one two three", 11, 4), "ok  one two\n    three\n");
    EXPECT_EQ(wrapped("    one two", 8, 2), "    one\n    two\n");
    EXPECT_EQ(wrapped("word word", 0, 2), "word\n  word\n");
}

TEST(WrappedLines, OfColumnsAreBrokenBetweenThem) {
    EXPECT_EQ(wrapped("   1  XJQM-ECPP     6  RKHM-CS9J", 26), "   1  XJQM-ECPP\n   6  RKHM-CS9J\n");
    EXPECT_EQ(wrapped("ok       disk: room enough", 20, 9), "ok       disk: room\n         enough\n");
    EXPECT_EQ(wrapped("ok       disk: room enough", 20), "ok       disk: room\nenough\n");
}

TEST(WrappedLines, CountWhatATerminalShows) {
    EXPECT_EQ(wrapped("\u5c71\u5c71 \u5c71", 4), "\u5c71\u5c71\n\u5c71\n");
    EXPECT_EQ(wrapped("\u00e4\u00e4 \u00e4", 4), "\u00e4\u00e4 \u00e4\n");
}

}  // namespace

}  // namespace secondstep::tool
