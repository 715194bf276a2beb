#include "store/change.h"

#include <gtest/gtest.h>

#include <thread>

#include "unit/dialogue/memory_store.h"
#include "unit/store/store_fixture.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;

Result<Rewrite> one_more_send(const Account& present) {
    State next = present.state;
    next.sends.emplace_back();
    return WriteState{std::move(next)};
}

class Changing : public ::testing::Test {
  protected:
    Changing() {
        store_.record("alice").credential = sample_credential();
        store_.record("alice").state = enrolled_state();
    }
    [[nodiscard]] Result<Kept> change(const Decide& decide, Rounds rounds = Rounds()) const {
        return secondstep::change(store_, alice_, Opening::existing, decide, rounds);
    }
    [[nodiscard]] const State& state() const { return store_.record("alice").state; }

    std::vector<std::string> events_;
    MemoryStore store_{sample_credential(), events_};
    RecordName alice_ = RecordName::of(*AccountName::create("alice"));
};

TEST_F(Changing, LocksDecidesWritesAndUnlocksInThisOrder) {
    const auto outcome = change([this](const Account& present) {
        events_.emplace_back("decide");
        return one_more_send(present);
    });
    EXPECT_EQ(outcome, Kept::surely);
    EXPECT_EQ(state().sends.size(), 1U);
    EXPECT_EQ(events_, (std::vector<std::string>{"begin record", "decide", "write", "unlock"}));
}

TEST_F(Changing, WhatIsLeftAsItIsIsNotWritten) {
    EXPECT_EQ(change([](const Account&) { return LeaveAsItIs{}; }), Kept::surely);
    EXPECT_EQ(events_, (std::vector<std::string>{"begin record", "unlock"}));
}

TEST_F(Changing, WhoeverDecidesOnAnErrorWritesNothing) {
    const auto outcome = change([](const Account&) { return fail(Errc::exists, "enrolled meanwhile"); });
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::exists);
    EXPECT_EQ(events_, (std::vector<std::string>{"begin record", "unlock"}));
}

TEST_F(Changing, ACredentialIsReplacedWithItsStateAndRemovedWithIts) {
    Credential other = sample_credential();
    other.authenticators.front().id = {9};
    State next = enrolled_state();
    next.recovery.not_saved = true;
    EXPECT_EQ(change([&](const Account&) { return WriteCredential{other.clone(), next}; }), Kept::surely);
    EXPECT_EQ(ids_of(*store_.record("alice").credential), ids_of(other));
    EXPECT_TRUE(state().recovery.not_saved);
    EXPECT_EQ(change([](const Account&) { return RemoveCredential{}; }), Kept::surely);
    EXPECT_FALSE(store_.record("alice").credential);
    EXPECT_EQ(state(), State{});
}

TEST_F(Changing, AWriteThatIsNotCertainlyDoneIsAnError) {
    const auto words = [this](WriteOutcome outcome) {
        store_.outcome = outcome;
        const auto kept = change(one_more_send, Rounds{Rounds::Milliseconds{0}, Rounds::Milliseconds{0}});
        return kept ? std::string() : kept.error().detail;
    };
    EXPECT_EQ(words(WriteOutcome::lost), "another login wrote first: try again");
    EXPECT_EQ(words(WriteOutcome::unknown), "the write may not have happened: look with secondstep status");
    store_.write_error = Error{Errc::no_space, "disk full"};
    EXPECT_EQ(words(WriteOutcome::done), "disk full");
}

TEST_F(Changing, AnUnconfirmedChangeIsInForce) {
    store_.outcome = WriteOutcome::unconfirmed;
    EXPECT_EQ(change([](const Account&) { return RemoveCredential{}; }), Kept::unconfirmed);
}

TEST_F(Changing, WaitsForALockForAWhile) {
    store_.busy = 3;
    EXPECT_EQ(change(one_more_send), Kept::surely);
    store_.locked.insert(alice_.sealed_name());
    const auto outcome = change(one_more_send, Rounds{std::chrono::milliseconds{20}});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::busy);
    EXPECT_EQ(state().sends.size(), 1U);
}

class ChangesAtOnce : public StoreFixture {
  protected:
    ChangesAtOnce() : StoreFixture(memory()) {}
    static constexpr unsigned rivals = 8;

    template <typename Act>
    static void all_at_once(Act act) {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < rivals; ++i)
            threads.emplace_back(act);
    }
    [[nodiscard]] std::size_t sends() const { return store_->read(alice_)->state.sends.size(); }
};

TEST_F(ChangesAtOnce, AllCount) {
    all_at_once([&] { EXPECT_TRUE(change(*store_, alice_, Opening::existing, one_more_send)); });
    EXPECT_EQ(sends(), rivals);
}

// What goes wrong when somebody decides on what was read before the lock; and that the test above would see
// it.
TEST_F(ChangesAtOnce, AreLostByWhoeverReadsBeforeTheLock) {
    const Account early = store_->read(alice_).value();
    all_at_once([&] {
        EXPECT_TRUE(
            change(*store_, alice_, Opening::existing, [&](const Account&) { return one_more_send(early); }));
    });
    EXPECT_EQ(sends(), 1U);
}

}  // namespace
}  // namespace secondstep
