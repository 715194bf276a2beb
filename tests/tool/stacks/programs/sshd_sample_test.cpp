#include "stacks/programs/sshd_sample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tool_world.h"

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

namespace secondstep::tool {

namespace {

class SshdLogins : public ::testing::Test {
  protected:
    [[nodiscard]] SshdConfiguration configuration(const std::string& text) const {
        secondstep::testing::write_file(directory_.file("c"), text);
        return *SshdConfiguration::read(directory_.file("c"));
    }
    [[nodiscard]] SshdSample sample(const std::string& text) const {
        return sample_of(
            configuration(text),
            {{"root", {"root"}}, {"alice", {"staff"}}, {"bob", {"staff"}}, {"robot", {"robots"}}});
    }
    // "alice 192.0.2.1", "robot 10.0.0.0 (exception)"
    [[nodiscard]] std::vector<std::string> logins(const std::string& text) const {
        std::vector<std::string> out;
        for (const SampledLogin& each : sample(text).logins)
            out.push_back(each.login.user + " " + each.login.address +
                          (each.is_ordinary ? "" : " (exception)"));
        return out;
    }
    secondstep::testing::TemporaryDirectory directory_;
};

TEST_F(SshdLogins, WithoutMatchLinesRootAndOneOtherStandForAll) {
    EXPECT_THAT(logins("UsePAM yes\n"), ElementsAre("root 192.0.2.1 (exception)", "alice 192.0.2.1"));
}

TEST_F(SshdLogins, OneOfEachKindThatMatchLinesTellApart) {
    EXPECT_THAT(
        logins("Match User robot\n"),
        UnorderedElementsAre("root 192.0.2.1 (exception)", "alice 192.0.2.1", "robot 192.0.2.1 (exception)"));
    EXPECT_THAT(logins("Match Address 10.0.0.0/8\n"),
                UnorderedElementsAre("root 192.0.2.1 (exception)", "alice 192.0.2.1",
                                     "root 10.0.0.0 (exception)", "alice 10.0.0.0 (exception)"));
    EXPECT_THAT(logins("Match Address ::1\n"), ::testing::Contains("alice ::1 (exception)"));
}

TEST_F(SshdLogins, ThereIsAnEnd) {
    std::string text;
    for (int i = 1; i < 60; ++i)
        text += "Match Address 10.0." + std::to_string(i) + ".0/24\n";
    const SshdSample many = sample(text);
    EXPECT_EQ(many.logins.size(), most_sampled_logins);
    EXPECT_FALSE(many.is_whole);
    EXPECT_TRUE(sample("Match User robot\n").is_whole);
}

TEST_F(SshdLogins, NamesThatMatchLinesAreAbout) {
    EXPECT_THAT(
        names_in(configuration("Match User robot,!alice,b*\nMatch User robot\n"), SshdMatch::Kind::user),
        ElementsAre("robot", "alice", "bx"));
    EXPECT_THAT(names_in(configuration("Match Group ops?\n"), SshdMatch::Kind::group), ElementsAre("opsx"));
}

}  // namespace

}  // namespace secondstep::tool
