#include "stacks/pam_stack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace secondstep::tool {

namespace {

using Files = std::map<std::string, std::string>;

Stack stack_of(const Files& files) {
    return read_stack("/p", "x", [&files](const std::string& path) -> std::optional<std::string> {
        const auto found = files.find(path);
        return found == files.end() ? std::nullopt : std::optional(found->second);
    });
}

std::vector<std::string> modules_of(const Stack& stack) {
    std::vector<std::string> names;
    for (const StackLine& line : stack.lines) {
        if (line.kind == StackLine::Kind::module) names.push_back(line.module);
    }
    return names;
}

TEST(PamStack, TakesALineApart) {
    const Stack stack = stack_of(
        {{"/p/x", "# one\n\n-AUTH  [success=2 default=ignore]\t/lib/x/pam_a.so a=b [c d]  # why\n"}});
    ASSERT_EQ(stack.lines.size(), 1U);
    const StackLine& line = stack.lines[0];
    EXPECT_EQ(line.facility, Facility::auth);
    EXPECT_EQ(line.module, "pam_a");
    EXPECT_EQ(line.line, 3U);
    EXPECT_EQ(line.file, "/p/x");
    EXPECT_THAT(line.arguments, ElementsAre("a=b", "c d"));
    EXPECT_EQ(line.control.on(PamCode::success).jump, 2U);
    EXPECT_EQ(line.control.on(PamCode::auth_err).kind, Reaction::Kind::ignore);
    EXPECT_TRUE(line.control.names(PamCode::success));
    EXPECT_FALSE(line.control.names(PamCode::auth_err));
    EXPECT_THAT(stack.problems, IsEmpty());
}

TEST(PamStack, PutsContinuedLinesTogetherUnderTheFirstNumber) {
    const Stack stack =
        stack_of({{"/p/x", "auth \\\n  required \\\n  pam_a.so one\nauth optional pam_b.so\n"}});
    ASSERT_EQ(stack.lines.size(), 2U);
    EXPECT_EQ(stack.lines[0].line, 1U);
    EXPECT_EQ(stack.lines[0].text, "auth required pam_a.so one");
    EXPECT_EQ(stack.lines[1].line, 4U);
}

TEST(PamStack, FollowsTheThreeWaysToInclude) {
    const Stack stack =
        stack_of({{"/p/x", "@include all\nauth include one\nauth substack two\nauth required pam_z.so\n"},
                  {"/p/all", "auth required pam_a.so\nsession required pam_s.so\n"},
                  {"/p/one", "auth required pam_b.so\naccount required pam_no.so\n"},
                  {"/p/two", "auth required pam_c.so\nauth include one\n"}});
    EXPECT_THAT(modules_of(stack), ElementsAre("pam_a", "pam_s", "pam_b", "pam_c", "pam_b", "pam_z"));
    EXPECT_THAT(stack.included, ElementsAre("all", "one", "two"));
    EXPECT_THAT(stack.problems, IsEmpty());
    const std::vector<StackLine> auth = stack.of(Facility::auth);
    ASSERT_EQ(auth.size(), 6U);
    EXPECT_EQ(auth[2].kind, StackLine::Kind::substack);
    EXPECT_EQ(auth[2].level, 0U);
    EXPECT_EQ(auth[3].level, 1U);
    EXPECT_EQ(auth[4].level, 1U);
    EXPECT_EQ(auth[5].level, 0U);
}

TEST(PamStack, ACircleIsAProblemAndNotForEver) {
    const Stack stack = stack_of({{"/p/x", "@include y\n"}, {"/p/y", "auth include x\n"}});
    ASSERT_EQ(stack.problems.size(), 1U);
    EXPECT_EQ(stack.problems[0].file, "/p/y");
    EXPECT_THAT(stack.problems[0].text, HasSubstr("includes itself"));
}

TEST(PamStack, WhatLibpamCannotReadFailsThere) {
    const Stack stack =
        stack_of({{"/p/x",
                   "auht required pam_a.so\nauth requird pam_b.so\nauth [success=maybe] pam_c.so\n"
                   "auth required\nauth include none\nauth [nonsense=ok] pam_d.so\n"}});
    std::vector<unsigned> lines;
    for (const Remark& problem : stack.problems)
        lines.push_back(problem.line);
    EXPECT_THAT(lines, ElementsAre(1, 2, 3, 4, 5, 6));
    ASSERT_EQ(stack.lines.size(), 6U);
    EXPECT_EQ(stack.lines[0].kind, StackLine::Kind::broken);
    EXPECT_EQ(stack.lines[1].control.on(PamCode::success).kind, Reaction::Kind::bad);
}

TEST(PamStack, KeywordsAreTheirBrackets) {
    for (const auto& [keyword, success, failure] :
         {std::tuple{"required", Reaction::Kind::ok, Reaction::Kind::bad},
          {"Requisite", Reaction::Kind::ok, Reaction::Kind::die},
          {"sufficient", Reaction::Kind::done, Reaction::Kind::ignore},
          {"optional", Reaction::Kind::ok, Reaction::Kind::ignore}}) {
        const auto control = Control::parse(keyword);
        ASSERT_TRUE(control) << keyword;
        EXPECT_EQ(control->on(PamCode::success).kind, success) << keyword;
        EXPECT_EQ(control->on(PamCode::auth_err).kind, failure) << keyword;
        EXPECT_EQ(control->on(PamCode::ignore).kind, Reaction::Kind::ignore) << keyword;
        EXPECT_FALSE(control->names(PamCode::success)) << keyword;
    }
}

TEST(PamStack, ABracketThatDoesNotNameAValueFailsOnIt) {
    const auto control = Control::parse("[success = ok  ignore=ignore]");
    ASSERT_TRUE(control);
    EXPECT_EQ(control->on(PamCode::success).kind, Reaction::Kind::ok);
    EXPECT_EQ(control->on(PamCode::auth_err).kind, Reaction::Kind::bad);
    EXPECT_FALSE(Control::parse("[success]"));
    EXPECT_FALSE(Control::parse("[success=0]"));
    EXPECT_FALSE(Control::parse("[success=ok"));
}

}  // namespace

}  // namespace secondstep::tool
