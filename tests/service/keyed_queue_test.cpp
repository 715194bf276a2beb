#include "secondstepd/keyed_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace secondstep::service {
namespace {

using namespace std::chrono_literals;

// Something that a job waits for.
class Gate {
  public:
    void open() { promise_.set_value(); }
    void wait() const { opened_.wait(); }

  private:
    std::promise<void> promise_;
    std::shared_future<void> opened_ = promise_.get_future().share();
};

TEST(KeyedQueue, RunsTheJobsOfARecordOneByOneInOrderOfArrival) {
    Workers workers({.threads = 4, .queue = 100});
    KeyedQueue queue(workers);
    std::vector<int> order;  // of which only one is written at a time: the sanitizers would say so
    Gate gate;
    ASSERT_TRUE(queue.submit("users/alice", [&] { gate.wait(); }));
    for (int i = 0; i < 20; ++i)
        ASSERT_TRUE(queue.submit("users/alice", [&order, i] { order.push_back(i); }));
    gate.open();
    EXPECT_TRUE(workers.finish(20s));
    ASSERT_EQ(order.size(), 20U);
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

// One account at which many guess has one thread; the others are for the others.
TEST(KeyedQueue, WhoeverWaitsForARecordHasNoThread) {
    Workers workers({.threads = 2, .queue = 100});
    KeyedQueue queue(workers);
    Gate gate;
    for (int i = 0; i < 10; ++i)
        ASSERT_TRUE(queue.submit("users/alice", [&] { gate.wait(); }));
    std::latch others(5);
    for (int i = 0; i < 5; ++i)
        ASSERT_TRUE(queue.submit("users/person" + std::to_string(i), [&] { others.count_down(); }));
    others.wait();
    EXPECT_EQ(workers.waiting(), 0U);
    gate.open();
    EXPECT_TRUE(workers.finish(20s));
}

TEST(KeyedQueue, RecordsRunSideBySide) {
    Workers workers({.threads = 2, .queue = 100});
    KeyedQueue queue(workers);
    std::latch both(2);
    for (const char* record : {"users/alice", "users/bob"})
        ASSERT_TRUE(queue.submit(record, [&] { both.arrive_and_wait(); }));
    EXPECT_TRUE(workers.finish(20s));
}

TEST(KeyedQueue, OfOneRecordThirtyTwoMayWait) {
    Workers workers({.threads = 2, .queue = 100});
    KeyedQueue queue(workers);
    Gate gate;
    std::atomic<std::size_t> ran = 0;
    const auto job = [&] {
        gate.wait();
        ++ran;
    };
    for (std::size_t i = 0; i < 1 + KeyedQueue::most_waiting; ++i)
        ASSERT_TRUE(queue.submit("users/alice", job)) << i;
    EXPECT_FALSE(queue.submit("users/alice", job));
    EXPECT_TRUE(queue.submit("users/bob", job));
    gate.open();
    EXPECT_TRUE(workers.finish(20s));
    EXPECT_EQ(ran, 2 + KeyedQueue::most_waiting);
}

TEST(KeyedQueue, WhatFindsNoThreadIsRefusedAndIsInNobodysWay) {
    Workers workers({.threads = 1, .queue = 0});
    KeyedQueue queue(workers);
    Gate gate;
    std::promise<void> busy;
    ASSERT_TRUE(queue.submit("users/alice", [&] {
        busy.set_value();
        gate.wait();
    }));
    busy.get_future().wait();
    EXPECT_FALSE(queue.submit("users/bob", [] { FAIL() << "it was refused"; }));
    gate.open();
    while (!queue.submit("users/bob", [] {}))
        std::this_thread::yield();
    EXPECT_TRUE(workers.finish(20s));
}

// The next of a line takes its turn among all: others who wait for a thread come first.
TEST(KeyedQueue, OneRecordDoesNotKeepAThreadForItself) {
    Workers workers({.threads = 1, .queue = 100});
    KeyedQueue queue(workers);
    std::vector<std::string> order;
    Gate gate;
    std::latch both(2);
    const auto note = [&](const char* name) {
        order.emplace_back(name);
        both.count_down();
    };
    ASSERT_TRUE(queue.submit("users/alice", [&] { gate.wait(); }));
    ASSERT_TRUE(queue.submit("users/alice", [&] { note("alice"); }));
    ASSERT_TRUE(queue.submit("users/bob", [&] { note("bob"); }));
    gate.open();
    both.wait();  // at the end of the workers nobody takes turns
    EXPECT_TRUE(workers.finish(20s));
    EXPECT_EQ(order, (std::vector<std::string>{"bob", "alice"}));
}

// While a node is slow, who begins many logins has a share of those who wait for it, and others do not wait for them.
TEST(KeyedQueue, OneKeyHasNoMoreThanItsShareOfTheThreads) {
    Workers workers({.threads = 4, .queue = 100});
    KeyedQueue queue(workers, {.at_once = 2, .waiting = 20});
    Gate gate;
    std::atomic<int> hostile = 0;
    std::latch both(2);
    for (int i = 0; i < 22; ++i) {
        ASSERT_TRUE(queue.submit("198.51.100.0/24", [&] {
            if (++hostile <= 2) both.count_down();
            gate.wait();
        }));
    }
    EXPECT_FALSE(queue.submit("198.51.100.0/24", [] {})) << "and no more of them may wait";
    both.wait();
    std::latch others(20);
    for (int i = 0; i < 20; ++i)
        ASSERT_TRUE(queue.submit("192.0.2." + std::to_string(i), [&] { others.count_down(); }));
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!others.try_wait() && std::chrono::steady_clock::now() < end)
        std::this_thread::yield();
    EXPECT_TRUE(others.try_wait()) << "they wait behind those who have more than their share";
    EXPECT_EQ(hostile, 2);
    gate.open();
    EXPECT_TRUE(workers.finish(20s));
    EXPECT_EQ(hostile, 22) << "all of them had their turn";
}

TEST(KeyedQueue, OfACrowdOfOneKeyEachHasItsTurn) {
    Workers workers({.threads = 4, .queue = 100});
    KeyedQueue queue(workers, {.at_once = 3, .waiting = 2000});
    std::atomic<int> done = 0;
    for (int i = 0; i < 1000; ++i)
        ASSERT_TRUE(queue.submit("one", [&] { ++done; }));
    EXPECT_TRUE(workers.finish(20s));
    EXPECT_EQ(done, 1000);
}

TEST(KeyedQueue, WhatWaitsAtTheEndStillRuns) {
    Workers workers({.threads = 1, .queue = 0});
    KeyedQueue queue(workers);
    Gate gate;
    std::atomic<int> ran = 0;
    ASSERT_TRUE(queue.submit("users/alice", [&] { gate.wait(); }));
    for (int i = 0; i < 5; ++i)
        ASSERT_TRUE(queue.submit("users/alice", [&] { ++ran; })) << "there need not be room for a thread";
    auto finished = std::async(std::launch::async, [&] { return workers.finish(20s); });
    gate.open();
    EXPECT_TRUE(finished.get());
    EXPECT_EQ(ran, 5);
}

TEST(KeyedQueue, WhatAJobOwnsIsFreedBeforeTheNextBegins) {
    Workers workers({.threads = 1, .queue = 10});
    KeyedQueue queue(workers);
    auto owned = std::make_shared<int>(1);
    const std::weak_ptr<int> left = owned;
    Gate gate;
    ASSERT_TRUE(queue.submit("users/alice", [&gate, held = std::move(owned)] { gate.wait(); }));
    bool freed = false;
    ASSERT_TRUE(queue.submit("users/alice", [&] { freed = left.expired(); }));
    gate.open();
    EXPECT_TRUE(workers.finish(20s));
    EXPECT_TRUE(freed);
}

}  // namespace
}  // namespace secondstep::service
