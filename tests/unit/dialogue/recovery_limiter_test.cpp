#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "dialogue/dialogue.h"

namespace secondstep {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Source source(std::uint8_t n, SourceKind kind = SourceKind::address) {
    Source out{kind, {}};
    out.key[0] = n;
    return out;
}

const std::chrono::steady_clock::time_point start{std::chrono::hours{1}};

TEST(RecoveryLimiter, AdmitsOneASecondOfOneSource) {
    dialogue::RecoveryLimiter limiter;
    EXPECT_EQ(limiter.admit(source(1), start), milliseconds{0});
    EXPECT_EQ(limiter.admit(source(1), start), milliseconds{1000});
    EXPECT_EQ(limiter.admit(source(1), start + milliseconds{400}), milliseconds{600});
    EXPECT_EQ(limiter.admit(source(1), start + milliseconds{999}), milliseconds{1})
        << "asking did not lengthen it";
    EXPECT_EQ(limiter.admit(source(1), start + milliseconds{1000}), milliseconds{0});
    EXPECT_EQ(limiter.admit(source(1), start + milliseconds{1001}), milliseconds{999});
}

TEST(RecoveryLimiter, SaysAWholeMillisecondAtLeast) {
    dialogue::RecoveryLimiter limiter;
    static_cast<void>(limiter.admit(source(1), start));
    EXPECT_EQ(limiter.admit(source(1), start + seconds{1} - std::chrono::nanoseconds{1}), milliseconds{1});
}

TEST(RecoveryLimiter, OtherSourcesAndKindsHaveTurnsOfTheirOwn) {
    dialogue::RecoveryLimiter limiter;
    EXPECT_EQ(limiter.admit(source(1), start), milliseconds{0});
    EXPECT_EQ(limiter.admit(source(2), start), milliseconds{0});
    EXPECT_EQ(limiter.admit(source(1, SourceKind::portal), start), milliseconds{0});
}

TEST(RecoveryLimiter, ManySourcesDoNotMakeOneForgetAnotherThatIsRecent) {
    dialogue::RecoveryLimiter limiter;
    for (int n = 0; n < 100000; ++n) {
        Source stranger = source(static_cast<std::uint8_t>(n & 0xff));
        stranger.key[1] = static_cast<std::uint8_t>(n >> 8);
        stranger.key[2] = static_cast<std::uint8_t>(n >> 16);
        ASSERT_EQ(limiter.admit(stranger, start + milliseconds{n}), milliseconds{0});
    }
    Source last = source(static_cast<std::uint8_t>(99999 & 0xff));
    last.key[1] = static_cast<std::uint8_t>(99999 >> 8);
    last.key[2] = static_cast<std::uint8_t>(99999 >> 16);
    EXPECT_GT(limiter.admit(last, start + milliseconds{100000}), milliseconds{0});
}

TEST(RecoveryLimiter, OfManyThreadsAtOnceOneIsAdmitted) {
    dialogue::RecoveryLimiter limiter;
    std::atomic<int> admitted = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] {
                if (limiter.admit(source(1), start) == milliseconds{0}) ++admitted;
            });
        }
    }
    EXPECT_EQ(admitted, 1);
}

}  // namespace
}  // namespace secondstep
