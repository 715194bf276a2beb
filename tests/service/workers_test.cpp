#include "secondstepd/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>

namespace secondstep::service {
namespace {

using namespace std::chrono_literals;

TEST(Workers, RunEveryJobThatWasTaken) {
    std::atomic<int> ran = 0;
    Workers workers({.threads = 2, .queue = 100});
    for (int i = 0; i < 100; ++i)
        ASSERT_TRUE(workers.submit([&] { ++ran; }));
    EXPECT_TRUE(workers.finish(20s));
    EXPECT_EQ(ran, 100);
}

TEST(Workers, RefuseWhatDoesNotFitIntoTheQueue) {
    std::promise<void> gate;
    std::shared_future<void> open = gate.get_future().share();
    std::latch both_busy(2);
    Workers workers({.threads = 2, .queue = 3});
    for (int i = 0; i < 2; ++i) {
        ASSERT_TRUE(workers.submit([&] {
            both_busy.count_down();
            open.wait();
        }));
    }
    both_busy.wait();
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(workers.submit([] {}));
    EXPECT_FALSE(workers.submit([] {}));
    gate.set_value();
    EXPECT_TRUE(workers.finish(20s));
}

TEST(Workers, NeverRunMoreJobsAtOnceThanTheyHaveThreads) {
    std::atomic<int> running = 0;
    std::atomic<int> most = 0;
    Workers workers({.threads = 2, .queue = 1000});
    for (int i = 0; i < 200; ++i) {
        ASSERT_TRUE(workers.submit([&] {
            const int now = ++running;
            int before = most;
            while (now > before && !most.compare_exchange_weak(before, now)) {
            }
            std::this_thread::yield();
            --running;
        }));
    }
    EXPECT_TRUE(workers.finish(20s));
    EXPECT_LE(most, 2);
}

TEST(Workers, TakeNothingAfterTheEnd) {
    Workers workers({.threads = 1, .queue = 1});
    EXPECT_TRUE(workers.finish(20s));
    EXPECT_FALSE(workers.submit([] {}));
}

TEST(Workers, SayThatAJobHangsInsteadOfWaitingForIt) {
    auto gate = std::make_shared<std::promise<void>>();
    auto left = std::make_shared<std::latch>(1);
    {
        Workers workers({.threads = 1, .queue = 1});
        ASSERT_TRUE(workers.submit([gate, left, open = gate->get_future().share()] {
            open.wait();
            left->count_down();
        }));
        EXPECT_FALSE(workers.finish(10ms));
    }
    gate->set_value();  // the thread that was left behind finds all it needs
    left->wait();
}

}  // namespace
}  // namespace secondstep::service
