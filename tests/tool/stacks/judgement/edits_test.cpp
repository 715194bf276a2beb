#include "stacks/judgement/edits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace secondstep::tool {

namespace {

const SourceFile file{"/p/x", "one\n\ttwo  \nthree"};

Edit edit(Edit::Kind kind, unsigned first, unsigned last, std::vector<std::string> lines = {}) {
    return {.kind = kind, .file = "/p/x", .first = first, .last = last, .lines = std::move(lines)};
}

TEST(Edits, ChangeTheirLinesAndKeepEveryOtherByte) {
    EXPECT_EQ(edited(file, {}), file.text);
    EXPECT_EQ(edited(file, {edit(Edit::Kind::replace, 1, 1, {"a", "b"})}), "a\nb\n\ttwo  \nthree");
    EXPECT_EQ(edited(file, {edit(Edit::Kind::remove, 1, 2)}), "three");
    EXPECT_EQ(edited(file, {edit(Edit::Kind::insert_before, 2, 2, {"a"})}), "one\na\n\ttwo  \nthree");
    EXPECT_EQ(edited(file, {edit(Edit::Kind::insert_after, 2, 2, {"a"})}), "one\n\ttwo  \na\nthree");
}

TEST(Edits, OfALastLineWithoutAnEnd) {
    EXPECT_EQ(edited(file, {edit(Edit::Kind::insert_after, 3, 3, {"a"})}), "one\n\ttwo  \nthree\na\n");
    EXPECT_EQ(edited(file, {edit(Edit::Kind::replace, 3, 3, {"a"})}), "one\n\ttwo  \na\n");
}

TEST(Edits, AllCountLinesAsTheyWere) {
    EXPECT_EQ(
        edited(file, {edit(Edit::Kind::remove, 3, 3), edit(Edit::Kind::insert_before, 1, 1, {"three"})}),
        "three\none\n\ttwo  \n");
    EXPECT_EQ(edited(file, {edit(Edit::Kind::remove, 1, 1), edit(Edit::Kind::insert_after, 1, 1, {"a"})}),
              "a\n\ttwo  \nthree");
}

TEST(Edits, OfAnotherFileAreNotMade) {
    Edit other = edit(Edit::Kind::remove, 1, 3);
    other.file = "/p/y";
    EXPECT_EQ(edited(file, {other}), file.text);
    Stack stack;
    stack.files = {file, {"/p/z", "z\n"}};
    EXPECT_THAT(edited_files(stack, {other}), IsEmpty());
    ASSERT_THAT(edited_files(stack, {edit(Edit::Kind::remove, 1, 3)}), SizeIs(1));
    EXPECT_EQ(edited_files(stack, {edit(Edit::Kind::remove, 1, 3)}).front().text, "");
}

}  // namespace

}  // namespace secondstep::tool
