#include "secondstepd/said_lately.h"

#include <gtest/gtest.h>

namespace secondstep::service {
namespace {

using namespace std::chrono_literals;

TEST(SaidLately, SaysEachCauseOnceInAPeriod) {
    SaidLately said(60s);
    const SaidLately::Time now{};
    EXPECT_TRUE(said.may_say("sshd: the directory is away", now));
    EXPECT_FALSE(said.may_say("sshd: the directory is away", now + 59s));
    EXPECT_TRUE(said.may_say("sudo: the directory is away", now));
    EXPECT_TRUE(said.may_say("sshd: the directory is away", now + 60s));
}

TEST(SaidLately, MadeUpCausesDoNotFillTheLog) {
    SaidLately said(60s);
    const SaidLately::Time now{};
    std::size_t lines = 0;
    for (int i = 0; i < 1000; ++i)
        lines += said.may_say("service " + std::to_string(i), now) ? 1 : 0;
    EXPECT_EQ(lines, SaidLately::most_causes);
    EXPECT_TRUE(said.may_say("another", now + 60s));
}

}  // namespace
}  // namespace secondstep::service
