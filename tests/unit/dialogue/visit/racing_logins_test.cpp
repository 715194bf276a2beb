// Logins over a store without locks: all of them read the same, judge, and write. What is never true: two that
// are accepted with one code.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include "dialogue/make_dialogue.h"
#include "unit/dialogue/conversation.h"
#include "unit/dialogue/racing_store.h"

namespace secondstep {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing::LoginWorld;
using testing::MemoryStore;
using testing::no_answer;
using ::testing::Not;
using testing::OpenDialogue;
using testing::RacingStore;
using Fate = RacingStore::Fate;

class RacingLogins : public ::testing::Test {
  protected:
    static constexpr std::size_t rivals = 24;
    static int rounds() { return std::getenv("SECONDSTEP_LONG") != nullptr ? 200 : 25; }

    RacingLogins() {
        world_.add_enrolled("alice", 1000);
        world_.real_store = store_;
    }
    [[nodiscard]] MemoryStore::Record& record() const { return world_.store->record("alice"); }

    // As the module of a caller says it: all the same, or each another one.
    enum class Attempt { shared, own };
    // All of them stand at their prompt and answer with one code. While one of them has read and not written yet
    // others come between, so that each writes at another time. How many were accepted.
    std::size_t accepted_of_one_code(Attempt attempt) {
        world_.pass(std::chrono::seconds{60});
        const std::string code = world_.code("alice");
        std::vector<std::unique_ptr<OpenDialogue>> logins;
        for (std::size_t i = 0; i < rivals; ++i) {
            dialogue::Request request = world_.request("alice");
            if (attempt == Attempt::own) request.attempt.fill(static_cast<std::uint8_t>(i + 1));
            logins.push_back(std::make_unique<OpenDialogue>(world_, request));
        }
        std::size_t next = 0;
        const auto come_in = [&] { logins[next++]->type({code}); };
        store_->before_each_write = [&] {
            if (next < rivals && chance_(engine_) < crowding_) come_in();
        };
        while (next < rivals)
            come_in();
        store_->before_each_write = nullptr;
        return static_cast<std::size_t>(std::ranges::count_if(
            logins, [](const auto& login) { return login->verdict() == Verdict::accepted; }));
    }
    int rounds_in_which_several_are_accepted(Attempt attempt) {
        int several = 0;
        for (int round = 0; round < rounds(); ++round)
            several += accepted_of_one_code(attempt) > 1 ? 1 : 0;
        return several;
    }
    // Half of all writes become known to nobody, whether they happen, or not, or later.
    void lose_half_of_the_answers() {
        store_->fate = [this] {
            constexpr std::array fates{Fate::written_unknown, Fate::not_written_unknown, Fate::late_unknown};
            if (chance_(engine_) < 0.5) return Fate::compared;
            return fates.at(std::uniform_int_distribution<std::size_t>(0, 2)(engine_));
        };
    }

    LoginWorld world_;
    std::shared_ptr<RacingStore> store_ = std::make_shared<RacingStore>(world_.store);
    std::mt19937 engine_{20260000};
    std::uniform_real_distribution<double> chance_{0, 1};
    double crowding_ = 0.9;
};

TEST_F(RacingLogins, OfOneCodeExactlyOneIsAccepted) {
    for (const Attempt attempt : {Attempt::shared, Attempt::own}) {
        for (int round = 0; round < rounds(); ++round)
            ASSERT_EQ(accepted_of_one_code(attempt), 1U) << round;
    }
    EXPECT_GT(store_->writes, rivals * static_cast<unsigned>(rounds())) << "nobody lost: nothing was tested";
    for (const auto& decision : world_.journal.decisions)
        EXPECT_NE(decision.verdict, Verdict::unavailable) << decision.reason;
}

TEST_F(RacingLogins, OfOneCodeExactlyOneIsAcceptedAlsoWhenAnswersOfTheStoreAreLost) {
    lose_half_of_the_answers();
    for (const Attempt attempt : {Attempt::shared, Attempt::own}) {
        for (int round = 0; round < rounds(); ++round)
            ASSERT_EQ(accepted_of_one_code(attempt), 1U) << round;
    }
}

TEST_F(RacingLogins, OfOneRecoveryCodeExactlyOneIsAccepted) {
    lose_half_of_the_answers();
    for (const std::string& code : world_.recovery_codes["alice"]) {
        std::size_t accepted = 0;
        std::vector<std::unique_ptr<OpenDialogue>> logins;
        for (std::size_t i = 0; i < 6; ++i)
            logins.push_back(std::make_unique<OpenDialogue>(world_, world_.request("alice")));
        for (const auto& login : logins) {
            login->type({code});
            accepted += login->verdict() == Verdict::accepted ? 1U : 0U;
        }
        EXPECT_EQ(accepted, 1U);
    }
}

// The controls: what lets several in, and that the tests above would see it.
TEST_F(RacingLogins, AreAcceptedTogetherWhereTheStoreDoesNotCompare) {
    store_->compares = false;
    EXPECT_GE(rounds_in_which_several_are_accepted(Attempt::own), rounds() / 2);
}

TEST_F(RacingLogins, AreAcceptedTogetherWhereTheIdOfTheCallerIsTheIdOfTheWrite) {
    world_.write_ids = [this] { return world_.request("alice").attempt; };
    EXPECT_GE(rounds_in_which_several_are_accepted(Attempt::shared), rounds() / 2);
}

// --- one of them ---

class JudgedAgain : public RacingLogins {
  protected:
    Verdict log_in(const std::string& answer) { return world_.login("alice", {answer, no_answer}).verdict; }
};

TEST_F(JudgedAgain, AnAcceptedAnswerIsRecognisedByItsId) {
    for (const Fate fate : {Fate::written_unknown, Fate::late_unknown, Fate::not_written_unknown}) {
        world_.pass(std::chrono::seconds{60});
        store_->fates = {fate};
        EXPECT_EQ(log_in(world_.code("alice")), Verdict::accepted);
        const dialogue::Decision& decision = world_.last_decision();
        EXPECT_EQ(decision.reason, "right");
        EXPECT_EQ(decision.factor, Factor::authenticator);
        EXPECT_EQ(decision.device, record().credential->authenticators.front().name);
    }
}

TEST_F(JudgedAgain, WhatIsRecognisedIsNotWrittenOnceMore) {
    store_->fates = {Fate::written_unknown};
    EXPECT_EQ(log_in(world_.code("alice")), Verdict::accepted);
    EXPECT_EQ(store_->writes, 1U);
}

TEST_F(JudgedAgain, WhoeverLosesToAnotherLoginIsRefused) {
    const std::string code = world_.code("alice");
    Verdict other = Verdict::misconfigured;
    store_->before_each_write = [&, done = false]() mutable {
        if (!std::exchange(done, true)) other = log_in(code);
    };
    EXPECT_EQ(log_in(code), Verdict::cancelled);
    EXPECT_EQ(other, Verdict::accepted);
    EXPECT_THAT(world_.journal.decisions, Contains(::testing::Field(&dialogue::Decision::reason, "reused")));
}

// A failure too many, and never one too few.
TEST_F(JudgedAgain, AWrongAnswerOfWhichNothingIsKnownIsChargedAgain) {
    const auto charged = [this](Fate fate, unsigned number) {
        record().state.strangers = {};
        record().state.recent = {};
        store_->fates = {fate};
        EXPECT_EQ(log_in(world_.wrong_code("alice", number)), Verdict::cancelled);
        return record().state.strangers.count;
    };
    EXPECT_EQ(charged(Fate::compared, 0), 1U);
    EXPECT_EQ(charged(Fate::lost, 1), 1U);
    EXPECT_EQ(charged(Fate::not_written_unknown, 2), 1U);
    EXPECT_EQ(charged(Fate::written_unknown, 3), 2U);
    EXPECT_EQ(charged(Fate::late_unknown, 4), 2U);
}

// What was not stored is no mistake that was counted: typed again it is counted.
TEST_F(JudgedAgain, AWrongAnswerThatWasNotStoredIsCountedWhenItIsTypedAgain) {
    const std::string wrong = world_.wrong_code("alice");
    store_->fate = [] { return Fate::not_written_unknown; };
    EXPECT_EQ(log_in(wrong), Verdict::unavailable);
    EXPECT_EQ(record().state.strangers.count, 0U);
    store_->fate = nullptr;
    store_->fates = {Fate::lost};
    EXPECT_EQ(world_.login("alice", {wrong, wrong, no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(record().state.strangers.count, 1U) << "once in one dialogue";
}

// The time of judging is that of the first time: a code does not expire while others are first.
TEST_F(JudgedAgain, ACodeDoesNotExpireBetweenTwoRounds) {
    const std::string oldest = world_.code("alice", -1);
    store_->fates = {Fate::lost, Fate::lost};
    store_->before_each_write = [this] { world_.pass(std::chrono::seconds{31}); };
    EXPECT_EQ(log_in(oldest), Verdict::accepted);
}

TEST_F(JudgedAgain, IsUnavailableWhenItsTimeIsOver) {
    const auto before = world_.steady;
    store_->fate = [] { return Fate::lost; };
    EXPECT_EQ(log_in(world_.code("alice")), Verdict::unavailable);
    EXPECT_THAT(world_.last_decision().reason, HasSubstr("wrote first"));
    EXPECT_LE(world_.steady - before, std::chrono::milliseconds{3500});
    EXPECT_GT(world_.steady - before, std::chrono::milliseconds{3470});
    EXPECT_FALSE(record().state.last_factor);
}

// --- ids from another host ---

class IdsOfAnotherHost : public RacingLogins {
  protected:
    IdsOfAnotherHost() {
        world_.write_ids = [this] { return id_; };
    }
    Verdict log_in(const std::string& answer) { return world_.login("alice", {answer, no_answer}).verdict; }
    AttemptId id_{7};
};

// The answer of this service was lost on its way: the other host says the same once more, and is told the same.
TEST_F(IdsOfAnotherHost, AnAnswerThatComesAgainIsAcceptedOnceMore) {
    const std::string code = world_.code("alice");
    EXPECT_EQ(log_in(code), Verdict::accepted);
    EXPECT_EQ(record().state.last_accepted, id_);
    world_.pass(std::chrono::seconds{5});
    EXPECT_EQ(log_in(code), Verdict::accepted);
    EXPECT_EQ(store_->writes, 1U);
    id_ = {8};
    EXPECT_EQ(log_in(code), Verdict::cancelled) << "another answer";
}

TEST_F(IdsOfAnotherHost, NotAfterHalfAMinute) {
    const std::string code = world_.code("alice");
    EXPECT_EQ(log_in(code), Verdict::accepted);
    world_.pass(std::chrono::seconds{31});
    EXPECT_EQ(log_in(code), Verdict::cancelled);
}

TEST_F(IdsOfAnotherHost, NotOnceAnotherAnswerWasAccepted) {
    const std::string code = world_.code("alice");
    EXPECT_EQ(log_in(code), Verdict::accepted);
    id_ = {8};
    EXPECT_EQ(log_in(world_.code("alice", 1)), Verdict::accepted);
    id_ = {7};
    EXPECT_EQ(log_in(code), Verdict::cancelled);
}

// The id of a login opens no restore, and is no temporary code.
TEST_F(IdsOfAnotherHost, AnIdIsBelievedForTheKindOfAnswerItWasGivenFor) {
    EXPECT_EQ(log_in(world_.code("alice")), Verdict::accepted);
    dialogue::Request request = world_.request("alice");
    request.first_factor_passed = true;
    const std::string no_code = "0123-4567-89AB-CDEF-GHJK-MNPQ";
    const auto restore = world_.login(request, {"?", "2", no_code, "t", no_answer});
    EXPECT_NE(restore.verdict, Verdict::accepted);
    EXPECT_THAT(restore.texts, Not(Contains(HasSubstr("Key:"))));
    EXPECT_EQ(log_in(no_code), Verdict::cancelled);
}

// The zeros of a fresh state are nobody's id.
TEST_F(IdsOfAnotherHost, ZerosAreNoId) {
    id_ = {};
    EXPECT_EQ(log_in(world_.wrong_code("alice")), Verdict::cancelled);
}

}  // namespace
}  // namespace secondstep
