#include "secondstepd/caller_journals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace secondstep::service {
namespace {

using namespace std::chrono_literals;
using Rank = Limits::Rank;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class Recorded final : public dialogue::Journal {
  public:
    void decided(const dialogue::Decision& decision) override { add(to_line(decision)); }
    void changed(const dialogue::ChangeEntry& entry) override { add(to_line(entry)); }
    void warn(const std::string& sentence) override { add(sentence); }
    std::vector<std::string> lines;

  private:
    void add(std::string line) {
        const std::lock_guard guard(mutex_);
        lines.push_back(std::move(line));
    }
    std::mutex mutex_;
};

class CallerJournalsTest : public ::testing::Test {
  protected:
    void change(uid_t uid, std::size_t times = 1, Rank rank = Rank::user) {
        for (std::size_t i = 0; i < times; ++i)
            of(uid, rank)->changed(
                {.what = dialogue::PortalChange::code, .user = "u", .service = "", .rhost = ""});
    }
    std::shared_ptr<dialogue::Journal> of(uid_t uid, Rank rank = Rank::user) {
        return journals_.of({uid, rank}, "uid " + std::to_string(uid));
    }
    Recorded recorded_;
    CallerJournals::Time now_{1h};
    CallerJournals journals_{recorded_, [this] { return now_; }};
};

TEST_F(CallerJournalsTest, AUserHasSixtyLinesAMinuteAndOneThatCountsTheRest) {
    change(1001, 10'000);
    EXPECT_THAT(recorded_.lines, SizeIs(60));
    EXPECT_EQ(journals_.tell_what_was_left_out(), now_ + 1min);
    now_ += 1min;
    EXPECT_EQ(journals_.tell_what_was_left_out(), std::nullopt);
    ASSERT_THAT(recorded_.lines, SizeIs(61));
    EXPECT_THAT(recorded_.lines.back(), HasSubstr("9940 more of uid 1001"));
}

TEST_F(CallerJournalsTest, TheCountComesBeforeTheNextLineWhenNobodyAskedForIt) {
    change(1001, 62);
    now_ += 5min;
    change(1001);
    ASSERT_THAT(recorded_.lines, SizeIs(62));
    EXPECT_THAT(recorded_.lines[60], HasSubstr("2 more of uid 1001"));
    EXPECT_EQ(journals_.tell_what_was_left_out(), std::nullopt);
    change(1001, 59);
    EXPECT_THAT(recorded_.lines, SizeIs(62 + 59));
    change(1001, 3);
    journals_.tell_everything();
    EXPECT_THAT(recorded_.lines.back(), HasSubstr(": at most"));
    EXPECT_TRUE(recorded_.lines.back().starts_with("3 more of uid 1001")) << "each is counted once";
}

TEST_F(CallerJournalsTest, OneTakesNothingFromAnother) {
    change(1001, 1000);
    change(1002);
    of(1002)->decided({.user = "bob", .service = "", .rhost = "", .method = {}});
    of(1002)->warn("odd");
    EXPECT_THAT(recorded_.lines, SizeIs(63));
}

TEST_F(CallerJournalsTest, WhatRootsProgramsCauseIsAlwaysWritten) {
    change(0, 1000, Rank::root);
    EXPECT_THAT(recorded_.lines, SizeIs(1000));
}

TEST_F(CallerJournalsTest, ATrustedCallerWritesOfManyPeople) {
    change(33, 1000, Rank::trusted);
    EXPECT_THAT(recorded_.lines, SizeIs(600));
}

TEST_F(CallerJournalsTest, AFloodHidesNeitherWhoWasLetInNorWhoseSecondStepHasChanged) {
    change(1001, 61);
    of(1001)->decided(
        {.user = "alice", .service = "", .rhost = "", .method = {}, .verdict = Verdict::accepted});
    of(1001)->changed({.what = Change::enrolled, .user = "alice", .service = "", .rhost = ""});
    of(1001)->decided(
        {.user = "alice", .service = "", .rhost = "", .method = {}, .verdict = Verdict::refused});
    ASSERT_THAT(recorded_.lines, SizeIs(62));
    EXPECT_THAT(recorded_.lines[60], HasSubstr("verdict=accepted user=alice"));
    EXPECT_THAT(recorded_.lines[61], HasSubstr("change=enrolled user=alice"));
    journals_.tell_everything();
    EXPECT_THAT(recorded_.lines.back(), HasSubstr("2 more of uid 1001"))
        << "and they are counted among no others";
}

TEST_F(CallerJournalsTest, NothingIsLeftUnsaidAtTheEnd) {
    change(1001, 61);
    change(1002, 63);
    journals_.tell_everything();
    EXPECT_THAT(recorded_.lines, SizeIs(122));
    EXPECT_EQ(journals_.tell_what_was_left_out(), std::nullopt);
}

TEST_F(CallerJournalsTest, CountExactlyAlsoWhenManyWriteAtOnce) {
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([this] { change(1001, 1000); });
    }
    journals_.tell_everything();
    ASSERT_THAT(recorded_.lines, SizeIs(61));
    EXPECT_THAT(recorded_.lines.back(), HasSubstr("3940 more of uid 1001"));
}

// A service runs for years, and callers come from many uids.
TEST_F(CallerJournalsTest, AreForgottenWhenNobodyWritesAndTheMinuteIsOver) {
    const auto held = of(1);
    change(2, 61);
    for (uid_t uid = 1000; uid < 101'000; ++uid) {
        change(uid);
        now_ += 1s;
    }
    EXPECT_LE(journals_.kept(), 2 * (60 + CallerJournals::most_kept_idle));
    EXPECT_EQ(of(1), held) << "somebody writes to it still";
    journals_.tell_everything();
    EXPECT_THAT(recorded_.lines.back(), HasSubstr("1 more of uid 2")) << "what is owed is not forgotten";
}

TEST_F(CallerJournalsTest, AreKeptUntilTheMinuteIsOver) {
    change(1, 60);
    for (uid_t uid = 1000; uid < 2000; ++uid)
        change(uid);
    change(1);
    EXPECT_THAT(recorded_.lines, SizeIs(60 + 1000)) << "nobody is given another sixty by those who come";
}

// The clock is read where the lines are counted: of one caller by one thread at a time.
TEST(CallerJournals, OneThreadAtATimeCountsTheLinesOfACaller) {
    Recorded recorded;
    std::atomic<int> inside = 0;
    std::atomic<int> most = 0;
    CallerJournals journals(recorded, [&] {
        most = std::max(most.load(), ++inside);
        std::this_thread::yield();
        --inside;
        return CallerJournals::Time{1h};
    });
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (int line = 0; line < 2000; ++line)
                    journals.of({1001, Rank::user}, "uid 1001")->warn("odd");
            });
        }
    }
    EXPECT_EQ(most, 1);
}

}  // namespace
}  // namespace secondstep::service
