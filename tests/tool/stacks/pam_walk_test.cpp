#include "stacks/pam_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

using ::testing::ElementsAre;

namespace secondstep::tool {

namespace {

using Files = std::map<std::string, std::string>;

Stack stack_of(const Files& files) {
    return read_stack("/p", "x", [&files](const std::string& path) -> std::optional<std::string> {
        const auto found = files.find(path);
        return found == files.end() ? std::nullopt : std::optional(found->second);
    });
}

Stack stack_of(const std::string& text) {
    return stack_of(Files{{"/p/x", text}});
}

Walk walked(const Files& files, const std::vector<PamCode>& outcomes) {
    return walk(stack_of(files).lines, outcomes);
}

Walk walked(const std::string& text, const std::vector<PamCode>& outcomes) {
    return walk(stack_of(text).lines, outcomes);
}

TEST(PamWalk, AStackWithoutAYesIsANo) {
    EXPECT_EQ(walked("auth required pam_a.so\n", {PamCode::ignore}).result, PamCode::perm_denied);
    EXPECT_EQ(walked("", {}).result, PamCode::perm_denied);
}

TEST(PamWalk, JumpsOverAsManyAsItSays) {
    const std::string text =
        "auth [success=2 default=ignore] pam_a.so\nauth requisite pam_b.so\nauth required pam_c.so\n"
        "auth required pam_d.so\n";
    const std::vector<PamCode> outcomes{PamCode::success, PamCode::auth_err, PamCode::success,
                                        PamCode::success};
    EXPECT_THAT(walked(text, outcomes).called, ElementsAre(0, 3));
    EXPECT_TRUE(walked(text, outcomes).succeeded());
    EXPECT_THAT(
        walked(text, {PamCode::auth_err, PamCode::auth_err, PamCode::success, PamCode::success}).called,
        ElementsAre(0, 1));
}

TEST(PamWalk, AJumpBeyondTheEndIsANo) {
    EXPECT_FALSE(
        walked("auth required pam_a.so\nauth [success=2 default=bad] pam_b.so\nauth required pam_c.so\n",
               {PamCode::success, PamCode::success, PamCode::success})
            .succeeded());
}

// What follows states what the oracle (tests/oracle) compares with the libpam of the machine by the thousand.

TEST(PamWalk, AJumpCountsASubstackOnceAndDoesNotLeaveOne) {
    const Files files{{"/p/x", "auth [default=1] pam_a.so\nauth substack y\nauth required pam_d.so\n"},
                      {"/p/y", "auth [default=2] pam_b.so\nauth required pam_c.so\n"}};
    EXPECT_THAT(walked(files, std::vector(5, PamCode::success)).called, ElementsAre(0, 4));
    const Files within{{"/p/x", "auth substack y\nauth required pam_d.so\n"}, {"/p/y", files.at("/p/y")}};
    const Walk walk =
        walked(within, {PamCode::success, PamCode::success, PamCode::success, PamCode::success});
    EXPECT_THAT(walk.called, ElementsAre(1, 3));  // two are not left in there: a refusal
    EXPECT_EQ(walk.result, PamCode::perm_denied);
}

TEST(PamWalk, DoneAndDieEndASubstackAlone) {
    const Files files{{"/p/x", "auth substack y\nauth required pam_c.so\n"},
                      {"/p/y", "auth [success=done default=die] pam_a.so\nauth required pam_b.so\n"}};
    const Walk done =
        walked(files, {PamCode::success, PamCode::success, PamCode::auth_err, PamCode::success});
    EXPECT_THAT(done.called, ElementsAre(1, 3));
    EXPECT_TRUE(done.succeeded());
    const Walk died =
        walked(files, {PamCode::success, PamCode::auth_err, PamCode::success, PamCode::success});
    EXPECT_THAT(died.called, ElementsAre(1, 3));
    EXPECT_EQ(died.result, PamCode::auth_err);
}

TEST(PamWalk, DoneAfterARefusalGoesOn) {
    const Walk walk = walked("auth required pam_a.so\nauth sufficient pam_b.so\nauth required pam_c.so\n",
                             {PamCode::auth_err, PamCode::success, PamCode::success});
    EXPECT_THAT(walk.called, ElementsAre(0, 1, 2));
    EXPECT_EQ(walk.result, PamCode::auth_err);
}

TEST(PamWalk, ResetGoesBackToWhereTheSubstackBegan) {
    const Files files{{"/p/x", "auth required pam_a.so\nauth substack y\n"},
                      {"/p/y", "auth required pam_b.so\nauth [default=reset] pam_c.so\n"}};
    EXPECT_TRUE(
        walked(files, {PamCode::success, PamCode::success, PamCode::auth_err, PamCode::success}).succeeded());
    EXPECT_EQ(
        walked(files, {PamCode::perm_denied, PamCode::success, PamCode::success, PamCode::success}).result,
        PamCode::perm_denied);
    // Outside it is as if nobody had been asked.
    EXPECT_EQ(walked("auth required pam_a.so\nauth [default=reset] pam_b.so\n",
                     {PamCode::success, PamCode::success})
                  .result,
              PamCode::perm_denied);
}

TEST(PamWalk, TheFirstRefusalAndTheFirstReservationCount) {
    EXPECT_EQ(
        walked("auth required pam_a.so\nauth required pam_b.so\n", {PamCode::maxtries, PamCode::auth_err})
            .result,
        PamCode::maxtries);
    EXPECT_EQ(walked("auth required pam_a.so\nauth required pam_b.so\n",
                     {PamCode::new_authtok_reqd, PamCode::success})
                  .result,
              PamCode::new_authtok_reqd);
    EXPECT_EQ(walked("auth [default=bad] pam_a.so\n", {PamCode::ignore}).result, PamCode::perm_denied);
}

TEST(PamWalk, WhoHasToCallAgainHasNoResult) {
    const Walk walk = walked("auth sufficient pam_a.so\nauth [incomplete=ok default=die] pam_b.so\n",
                             {PamCode::auth_err, PamCode::incomplete});
    EXPECT_EQ(walk.result, PamCode::incomplete);
    EXPECT_THAT(walk.called, ElementsAre(0, 1));
}

class TheSecondCall : public ::testing::Test {
  protected:
    static Walk after(const std::string& text, const std::vector<PamCode>& first,
                      const std::vector<PamCode>& second, bool debian = true) {
        const Stack stack = stack_of(text);
        const Walk walk_before = walk(stack.lines, first);
        return walk_again(stack.lines, {walk_before, first}, second,
                          {.directories = {"/p"}, .debian = debian});
    }
};

TEST_F(TheSecondCall, GoesTheWayOfTheFirst) {
    const Walk walk = after("auth sufficient pam_a.so\nauth required pam_b.so\n",
                            {PamCode::success, PamCode::success}, {PamCode::cred_err, PamCode::success});
    EXPECT_EQ(walk.result,
              PamCode::cred_err);  // "sufficient" has let in, and is not asked again whether it does
}

// pam_unix that says "ignore" to pam_setcred.
TEST_F(TheSecondCall, IsNotDecidedByWhoHasNothingToSayNow) {
    const Walk walk = after("auth required pam_a.so\nauth required pam_b.so\n",
                            {PamCode::success, PamCode::success}, {PamCode::ignore, PamCode::success});
    EXPECT_TRUE(walk.succeeded());
}

TEST_F(TheSecondCall, DependsOnDebiansPatchWhereAModuleJumps) {
    const std::string text =
        "auth [success=1 default=ignore] pam_a.so\nauth requisite pam_b.so\nauth optional pam_c.so\n";
    const std::vector<PamCode> first(3, PamCode::success);
    const std::vector<PamCode> second{PamCode::success, PamCode::success, PamCode::ignore};
    EXPECT_THAT(after(text, first, second).called, ElementsAre(0, 2));
    EXPECT_EQ(after(text, first, second).result, PamCode::perm_denied);
    EXPECT_TRUE(after(text, first, second, false).succeeded());
}

}  // namespace

}  // namespace secondstep::tool
