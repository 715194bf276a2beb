#include "secondstepd/event_loop.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <future>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/failing_allocation.h"
#include "support/failing_system_call.h"

namespace secondstep::testing {
namespace {

using namespace std::chrono_literals;
using service::EventLoop;
using std::chrono::steady_clock;

// What ends a test that waits for something that never comes.
constexpr std::chrono::milliseconds patience = 180s;

// Two ends of a connection; a byte that is written at the one makes the other readable.
struct Channel {
    UniqueFd near;
    UniqueFd far;
    Channel() {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0)
            throw std::runtime_error("socketpair");
        near = UniqueFd(ends[0]);
        far = UniqueFd(ends[1]);
    }
    void write_byte() const { ASSERT_EQ(::write(far.get(), "x", 1), 1); }
    [[nodiscard]] bool read_byte() const {
        char byte = 0;
        return ::read(near.get(), &byte, 1) == 1;
    }
};

class Recorder : public EventLoop::Waiter {
  public:
    std::function<void()> ready = [] {};
    std::function<void()> time = [] {};
    std::function<bool()> end = [] { return false; };
    EventLoop::Place place;

    static std::shared_ptr<Recorder> in(EventLoop& loop) {
        auto made = std::make_shared<Recorder>();
        made->place = EventLoop::Place(loop, made);
        return made;
    }
    void on_ready() override { ready(); }
    void on_time() override { time(); }
    bool on_end() override { return end(); }
};

class EventLoopTest : public ::testing::Test {
  protected:
    std::vector<std::string> errors_;
    EventLoop loop_{[this](const std::exception& e) { errors_.emplace_back(e.what()); }};
    // Nothing comes: for what is never to come, and did not when the loop was asked.
    bool nothing_comes() { return !loop_.serve_one(0ms); }
};

TEST_F(EventLoopTest, AReadableDescriptorIsToldOnceForEachAwait) {
    const Channel channel;
    const auto waiter = Recorder::in(loop_);
    int told = 0;
    waiter->ready = [&] { ++told; };
    channel.write_byte();
    EXPECT_TRUE(nothing_comes()) << "nobody asked";
    waiter->place.await_readable(channel.near.get());
    EXPECT_TRUE(loop_.serve_one(patience));
    channel.write_byte();
    EXPECT_TRUE(nothing_comes()) << "it was told, and has not asked again";
    EXPECT_EQ(told, 1);
    waiter->place.await_readable(channel.near.get());
    EXPECT_TRUE(loop_.serve_one(patience));
    EXPECT_EQ(told, 2) << "of what was there before";
    waiter->place.leave();
}

TEST_F(EventLoopTest, WhatIsAwaitedEachTimeIsToldEachTimeAndAgainWhenAskedFor) {
    const Channel channel;
    const auto waiter = Recorder::in(loop_);
    int told = 0;
    waiter->ready = [&] { ++told; };
    waiter->place.await_each(channel.near.get());
    for (int i = 1; i <= 3; ++i) {
        channel.write_byte();
        EXPECT_TRUE(loop_.serve_one(patience));
        EXPECT_EQ(told, i);
    }
    EXPECT_TRUE(nothing_comes());
    waiter->place.await_each(channel.near.get());
    EXPECT_TRUE(loop_.serve_one(patience)) << "somebody was afraid that an event was lost";
    waiter->place.leave();
}

TEST_F(EventLoopTest, TimesComeInTheirOrder) {
    std::string order;
    std::vector<std::shared_ptr<Recorder>> waiters;
    const auto now = steady_clock::now();
    for (const auto& [name, time] : std::vector<std::pair<char, EventLoop::Time>>{
             {'c', now + 3ms}, {'a', now + 1ms}, {'b', now + 2ms}}) {
        waiters.push_back(Recorder::in(loop_));
        waiters.back()->time = [&order, letter = name] { order += letter; };
        waiters.back()->place.set_time(time);
    }
    while (order.size() < 3)
        ASSERT_TRUE(loop_.serve_one(patience));
    EXPECT_EQ(order, "abc");
    EXPECT_GE(steady_clock::now(), now + 3ms);
    for (const auto& waiter : waiters)
        waiter->place.leave();
}

TEST_F(EventLoopTest, ATimeIsReplacedAndTakenAway) {
    const auto waiter = Recorder::in(loop_);
    int came = 0;
    waiter->time = [&] { ++came; };
    waiter->place.set_time(EventLoop::at_once);
    waiter->place.set_time(EventLoop::not_at_all);
    loop_.serve_one(100ms);  // the clock comes round for nothing
    EXPECT_EQ(came, 0);
    waiter->place.set_time(steady_clock::now() + 1h);
    waiter->place.set_time_if_earlier(steady_clock::now() + 2h);
    waiter->place.set_time_if_earlier(EventLoop::at_once);
    EXPECT_TRUE(loop_.serve_one(patience));
    EXPECT_EQ(came, 1);
    EXPECT_TRUE(nothing_comes()) << "it comes once";
    waiter->place.leave();
}

// More than the loop takes out at once.
TEST_F(EventLoopTest, AThousandTimesAtOnceAllCome) {
    std::vector<std::shared_ptr<Recorder>> waiters;
    int came = 0;
    for (int i = 0; i < 1000; ++i) {
        waiters.push_back(Recorder::in(loop_));
        waiters.back()->time = [&] { ++came; };
        waiters.back()->place.set_time(EventLoop::at_once);
    }
    while (came < 1000)
        ASSERT_TRUE(loop_.serve_one(patience));
    for (const auto& waiter : waiters)
        waiter->place.leave();
}

TEST_F(EventLoopTest, AWaiterLivesUntilItLeavesAndHearsNothingAfterThat) {
    const Channel channel;
    auto waiter = Recorder::in(loop_);
    const std::weak_ptr<Recorder> watched = waiter;
    bool told = false;
    waiter->ready = waiter->time = [&] { told = true; };
    waiter->place.await_readable(channel.near.get());
    waiter->place.set_time(EventLoop::at_once);
    Recorder& still_there = *waiter;
    waiter.reset();
    EXPECT_FALSE(watched.expired()) << "the loop keeps it";
    still_there.place.leave();
    EXPECT_TRUE(watched.expired());
    channel.write_byte();
    while (loop_.serve_one(0ms)) {
    }
    EXPECT_FALSE(told);
}

TEST_F(EventLoopTest, WhatAnEventThrowsIsReportedAndTheLoopGoesOn) {
    const auto waiter = Recorder::in(loop_);
    int came = 0;
    waiter->time = [&] {
        ++came;
        throw std::runtime_error("no memory");
    };
    for (int i = 0; i < 2; ++i) {
        waiter->place.set_time(EventLoop::at_once);
        EXPECT_TRUE(loop_.serve_one(patience));
    }
    EXPECT_EQ(came, 2);
    EXPECT_EQ(errors_, (std::vector<std::string>{"no memory", "no memory"}));
    waiter->place.leave();
}

TEST_F(EventLoopTest, ADescriptorThatCannotBeWaitedForThrows) {
    const auto waiter = Recorder::in(loop_);
    EXPECT_THROW(waiter->place.await_readable(-1), std::system_error);
    waiter->place.leave();
}

// The clock could not be set once: the next time that is set sets it.
TEST(EventLoop, AClockThatCouldNotBeSetIsSetWithTheNextTime) {
    EventLoop loop([](const std::exception&) {});
    const auto first = Recorder::in(loop);
    const auto second = Recorder::in(loop);
    int came = 0;
    first->time = second->time = [&] { ++came; };
    EXPECT_TRUE(holds_while_failing(SYS_timerfd_settime, EINVAL, [&] {
        first->place.set_time(EventLoop::at_once);
        return !loop.serve_one(std::chrono::milliseconds{0}) && came == 0;
    }));
    first->place.set_time(EventLoop::at_once);
    second->place.set_time(EventLoop::at_once);
    for (int i = 0; i < 2; ++i)
        EXPECT_TRUE(loop.serve_one(patience));
    EXPECT_EQ(came, 2);
    first->place.leave();
    second->place.leave();
}

TEST(EventLoop, ATimeThatComesWhileThereIsNoMemoryIsNotLost) {
    EventLoop loop([](const std::exception&) {});
    const auto waiter = Recorder::in(loop);
    int came = 0;
    waiter->time = [&] { ++came; };
    waiter->place.set_time(EventLoop::at_once);
    {
        const FailingAllocation fault(1);
        EXPECT_TRUE(loop.serve_one(patience));
    }
    waiter->place.set_time(EventLoop::at_once);
    for (int i = 0; i < 2 && came == 0; ++i)
        loop.serve_one(1s);
    EXPECT_GE(came, 1);
    waiter->place.leave();
}

// --- threads ---

// Each blocks its thread until all do: so they run on as many threads, and a loop of which one is free hears
// the next event.
TEST_F(EventLoopTest, AnEventThatBlocksHoldsUpNoOther) {
    constexpr int threads = 4;
    std::vector<Channel> channels(threads);
    std::vector<std::shared_ptr<Recorder>> waiters;
    std::promise<void> release;
    const std::shared_future<void> released = release.get_future().share();
    std::vector<std::promise<void>> blocked(threads - 1);
    loop_.start(threads);
    for (std::size_t i = 0; i + 1 < threads; ++i) {
        waiters.push_back(Recorder::in(loop_));
        waiters.back()->ready = [&, i] {
            blocked[i].set_value();
            released.wait();
        };
        waiters.back()->place.await_readable(channels[i].near.get());
        channels[i].write_byte();
        ASSERT_EQ(blocked[i].get_future().wait_for(patience), std::future_status::ready) << i;
    }
    std::promise<void> last;
    const auto waiter = Recorder::in(loop_);
    waiter->time = [&] { last.set_value(); };
    waiter->place.set_time(EventLoop::at_once);
    EXPECT_EQ(last.get_future().wait_for(patience), std::future_status::ready);
    release.set_value();
    for (const auto& each : waiters)
        each->place.leave();
    waiter->place.leave();
    EXPECT_TRUE(loop_.join(patience));
}

// Of two times that have come, the first lasts until the second has been heard.
TEST_F(EventLoopTest, ATimeThatBlocksHoldsUpNoOtherThatHasCome) {
    const auto first = Recorder::in(loop_);
    const auto second = Recorder::in(loop_);
    std::promise<void> came;
    std::promise<bool> outcome;
    first->time = [&] { outcome.set_value(came.get_future().wait_for(10s) == std::future_status::ready); };
    second->time = [&] { came.set_value(); };
    const auto now = steady_clock::now();
    first->place.set_time(now);
    second->place.set_time(now);
    loop_.start(2);
    EXPECT_TRUE(outcome.get_future().get());
    first->place.leave();
    second->place.leave();
    EXPECT_TRUE(loop_.join(patience));
}

// A connection wakes one thread: of eight that wait, none wakes up in vain.
TEST_F(EventLoopTest, AnEventWakesOneThread) {
    constexpr int events = 200;
    const Channel channel;
    std::atomic<int> told = 0;
    const auto waiter = Recorder::in(loop_);
    std::promise<void> done;
    waiter->ready = [&] {
        EXPECT_TRUE(channel.read_byte());
        if (++told == events) return done.set_value();
        channel.write_byte();
    };
    waiter->place.await_each(channel.near.get());
    loop_.start(8);
    channel.write_byte();
    ASSERT_EQ(done.get_future().wait_for(patience), std::future_status::ready);
    EXPECT_EQ(told, events) << "each found its byte: nobody came for one that another had taken";
    waiter->place.leave();
    EXPECT_TRUE(loop_.join(patience));
}

TEST_F(EventLoopTest, AThreadThatHangsIsNoticedAtTheSecondBeatUnlessItMay) {
    for (const bool may_block : {false, true}) {
        EventLoop loop([](const std::exception&) {});
        std::promise<void> hangs;
        std::promise<void> release;
        const auto waiter = Recorder::in(loop);
        waiter->time = [&] {
            std::optional<EventLoop::MayBlock> guard;
            if (may_block) guard.emplace();
            hangs.set_value();
            release.get_future().wait();
        };
        loop.start(2);
        EXPECT_TRUE(loop.everybody_comes_round());
        waiter->place.set_time(EventLoop::at_once);
        hangs.get_future().wait();
        EXPECT_TRUE(loop.everybody_comes_round()) << "it has only just begun";
        EXPECT_EQ(loop.everybody_comes_round(), may_block);
        release.set_value();
        waiter->place.leave();
        EXPECT_TRUE(loop.join(patience));
        EXPECT_TRUE(loop.everybody_comes_round());
    }
}

TEST_F(EventLoopTest, TheEndIsToldToAllAndWaitsUntilTheyHaveLeft) {
    loop_.start(2);
    const auto waits = Recorder::in(loop_);
    waits->end = [&] {
        waits->place.leave();
        return true;
    };
    const auto works = Recorder::in(loop_);
    std::promise<void> told;
    works->end = [&] {
        told.set_value();
        return false;
    };
    works->time = [&] { works->place.leave(); };
    std::future<std::size_t> ended = std::async(std::launch::async, [&] { return loop_.end_all(); });
    told.get_future().wait();
    EXPECT_TRUE(loop_.ending());
    EXPECT_EQ(ended.wait_for(0ms), std::future_status::timeout) << "one of them has not left";
    works->place.set_time(EventLoop::at_once);
    EXPECT_EQ(ended.get(), 1U) << "whose wait was cut short";
    EXPECT_TRUE(loop_.join(patience));
}

TEST_F(EventLoopTest, TheEndNeedsNoMemory) {
    std::vector<std::shared_ptr<Recorder>> all;
    for (int i = 0; i < 3; ++i) {
        all.push_back(Recorder::in(loop_));
        all.back()->end = [place = &all.back()->place] {
            place->leave();
            return true;
        };
    }
    loop_.start(1);
    const FailingAllocation fault(1);
    EXPECT_EQ(loop_.end_all(), 3U);
    EXPECT_FALSE(FailingAllocation::has_failed());
    EXPECT_TRUE(loop_.join(patience));
}

TEST_F(EventLoopTest, AThreadThatHangsAtTheEndIsNotWaitedForLongerThanAllowed) {
    std::promise<void> hangs;
    std::promise<void> release;
    const auto waiter = Recorder::in(loop_);
    waiter->time = [&] {
        hangs.set_value();
        release.get_future().wait();
    };
    loop_.start(2);
    waiter->place.set_time(EventLoop::at_once);
    hangs.get_future().wait();
    waiter->place.leave();
    EXPECT_EQ(loop_.end_all(), 0U);
    EXPECT_FALSE(loop_.join(1ms));
    release.set_value();
    EXPECT_TRUE(loop_.join(patience));
}

}  // namespace
}  // namespace secondstep::testing
