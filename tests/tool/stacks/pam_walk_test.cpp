#include "stacks/pam_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "support/pam_host.h"
#include "support/temporary_directory.h"
#include "tool_world.h"

using ::testing::ElementsAre;

namespace secondstep::tool {

namespace {

Stack stack_of(const std::string& text) {
    return read_stack("/p", "x", [&text](const std::string&) { return std::optional(text); });
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

// Every reaction, keyword, jump and substack, against the dispatcher of the libpam that is installed here,
// with a module that returns what it is told.
class AgainstLibpam : public ::testing::Test {
  protected:
    std::string pick(const std::vector<std::string>& words) {
        return words[std::uniform_int_distribution<std::size_t>(0, words.size() - 1)(random_)];
    }

    std::string control() {
        const std::vector<std::string> acts{"ok", "ignore", "done", "bad", "die", "reset", "1", "2"};
        if (pick({"keyword", "bracket"}) == "keyword") {
            return pick({"required", "requisite", "sufficient", "optional"});
        }
        std::string text = "[";
        for (const char* name : {"success", "auth_err", "ignore"}) {
            if (pick({"given", "given", "not"}) == "given")
                text += std::string(name) + "=" + pick(acts) + " ";
        }
        return text + "default=" + pick(acts) + "]";
    }

    std::string lines(int count) {
        std::string text;
        for (int i = 0; i < count; ++i) {
            text += "auth " + control() + " pam_debug.so auth=" +
                    pick({"success", "success", "auth_err", "ignore", "authinfo_unavail"}) + "\n";
        }
        return text;
    }

    static std::vector<PamCode> outcomes_of(const std::vector<StackLine>& stack) {
        std::vector<PamCode> outcomes;
        for (const StackLine& line : stack) {
            const auto is = [&line](const char* word) { return line.has(word); };
            outcomes.push_back(is("auth=success")    ? PamCode::success
                               : is("auth=auth_err") ? PamCode::auth_err
                               : is("auth=ignore")   ? PamCode::ignore
                                                     : PamCode::authinfo_unavail);
        }
        return outcomes;
    }

    std::mt19937 random_{20260322};
};

TEST_F(AgainstLibpam, EveryWalkEndsAsThere) {
    const secondstep::testing::TemporaryDirectory directory;
    const std::string below = directory.file("below");
    int successes = 0;
    for (int round = 0; round < 600; ++round) {
        secondstep::testing::write_file(below, lines(3));
        std::string text = lines(2);
        if (round % 2 == 1) text += "auth " + pick({"substack", "include"}) + " " + below + "\n";
        text += lines(2);
        const Stack stack =
            read_stack("/none", "/x", [&](const std::string& path) -> std::optional<std::string> {
                return path == "/x" ? text : secondstep::testing::content_of(below);
            });
        secondstep::testing::PamHost host(text, "root", secondstep::testing::typing({}));
        const Walk simulated = walk(stack.lines, outcomes_of(stack.lines));
        ASSERT_EQ(static_cast<int>(simulated.result), host.authenticate())
            << text << "below:\n"
            << secondstep::testing::content_of(below);
        successes += simulated.succeeded() ? 1 : 0;
    }
    EXPECT_GT(successes, 60);  // neither all yes nor all no
    EXPECT_LT(successes, 540);
}

}  // namespace

}  // namespace secondstep::tool
