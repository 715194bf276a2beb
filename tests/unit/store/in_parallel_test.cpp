#include "store/in_parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace secondstep {
namespace {

TEST(InParallel, DoesEveryIndexOnce) {
    for (const std::size_t count : {0U, 1U, 64U, 65U, 5000U}) {
        std::vector<std::atomic<int>> done(count);
        ASSERT_TRUE(in_parallel(count, [&](std::size_t i) -> Result<void> {
            ++done[i];
            return {};
        }));
        for (const auto& times : done)
            EXPECT_EQ(times, 1);
    }
}

TEST(InParallel, AnErrorIsTold) {
    const auto outcome = in_parallel(5000, [](std::size_t i) -> Result<void> {
        if (i == 3000) return fail(Errc::no_space, "full");
        return {};
    });
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::no_space);
}

TEST(InParallel, AfterAnErrorNothingMoreIsBegun) {
    std::size_t begun = 0;  // of so few indices that one thread does them
    const auto outcome = in_parallel(50, [&](std::size_t i) -> Result<void> {
        ++begun;
        if (i == 10) return fail(Errc::no_space, "full");
        return {};
    });
    EXPECT_FALSE(outcome);
    EXPECT_EQ(begun, 11U);
}

TEST(InParallel, AnExceptionIsAnError) {
    const auto outcome =
        in_parallel(1000, [](std::size_t) -> Result<void> { throw std::runtime_error("out of memory"); });
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().detail, "out of memory");
}

}  // namespace
}  // namespace secondstep
