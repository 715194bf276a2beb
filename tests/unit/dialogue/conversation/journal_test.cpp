#include "dialogue/conversation/journal.h"

#include <gtest/gtest.h>

namespace secondstep::dialogue {
namespace {

Decision decision() {
    Decision d;
    d.user = "alice";
    d.service = "sshd";
    d.rhost = "192.0.2.7";
    d.method = Method::totp;
    d.verdict = Verdict::accepted;
    d.reason = "right";
    d.recovery_codes_left = 10;
    return d;
}

TEST(Journal, WritesOneLineWithAllFields) {
    EXPECT_EQ(
        to_line(decision()),
        "verdict=accepted user=alice service=sshd rhost=192.0.2.7 method=totp reason=right recovery_left=10");
}

TEST(Journal, LeavesOutWhatIsNotKnown) {
    Decision d;
    d.service = "sshd";
    d.verdict = Verdict::refused;
    d.reason = "unknown user";
    EXPECT_EQ(to_line(d), "verdict=refused service=sshd reason=\"unknown user\"");
}

TEST(Journal, SaysThatItWasARecoveryCode) {
    Decision d = decision();
    d.means = Means::recovery_code;
    d.recovery_codes_left = 0;
    EXPECT_EQ(to_line(d),
              "verdict=accepted user=alice service=sshd rhost=192.0.2.7 method=totp by=recovery-code "
              "reason=right recovery_left=0");
}

// Somebody who chooses their host name or the PAM service must not be able to write a line of the journal.
TEST(Journal, AValueFromOutsideStaysOneValue) {
    Decision d = decision();
    d.rhost = "x verdict=accepted user=root";
    EXPECT_NE(to_line(d).find(" rhost=\"x verdict=accepted user=root\" "), std::string::npos);
    d.rhost = "x\" user=root \"";
    EXPECT_NE(to_line(d).find(" rhost=\"x\\\" user=root \\\"\" "), std::string::npos);
    d.rhost = "x\nverdict=accepted\x1b[2J";
    EXPECT_EQ(to_line(d).find('\n'), std::string::npos);
    EXPECT_EQ(to_line(d).find('\x1b'), std::string::npos);
    d.rhost = "a\\";
    EXPECT_NE(to_line(d).find(" rhost=\"a\\\\\" "), std::string::npos);
}

TEST(Journal, HasAWordForEveryVerdict) {
    Decision d;
    const std::pair<Verdict, const char*> words[] = {
        {Verdict::accepted, "accepted"},          {Verdict::refused, "refused"},
        {Verdict::not_needed, "not-needed"},      {Verdict::unavailable, "unavailable"},
        {Verdict::cancelled, "cancelled"},        {Verdict::not_allowed, "not-allowed"},
        {Verdict::misconfigured, "misconfigured"}};
    for (const auto& [verdict, word] : words) {
        d.verdict = verdict;
        EXPECT_EQ(to_line(d), std::string("verdict=") + word);
    }
}

TEST(Journal, ALongValueIsCut) {
    Decision d = decision();
    d.rhost = std::string(100000, 'a');
    EXPECT_LT(to_line(d).size(), 1000U);
}

}  // namespace
}  // namespace secondstep::dialogue
