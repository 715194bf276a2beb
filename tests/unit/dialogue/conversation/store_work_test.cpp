// A store that may block is called by jobs for a worker, which own what they touch.

#include "dialogue/conversation/store_work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "dialogue/make_dialogue.h"
#include "unit/dialogue/conversation.h"
#include "unit/dialogue/racing_store.h"

namespace secondstep {
namespace {

using dialogue::Request;
using dialogue::Resumption;
using dialogue::Step;
using dialogue::Work;
using ::testing::Contains;
using testing::Conversation;
using ::testing::HasSubstr;
using testing::no_answer;
using ::testing::Not;
using testing::RacingStore;
using testing::Transcript;
using testing::Typed;
using Fate = RacingStore::Fate;

class StoreWork : public Conversation {
  protected:
    StoreWork() {
        store_->blocks = true;
        world_.real_store = store_;
        world_.add_person("bob", 1001);
    }

    // A login up to the job that judges `answer`.
    struct AtTheStore {
        std::unique_ptr<dialogue::Dialogue> dialogue;
        Step step;
        [[nodiscard]] Work& work() { return std::get<Work>(step); }
    };
    AtTheStore judging(const std::string& answer) {
        AtTheStore at;
        at.dialogue = dialogue::make_dialogue(world_.ports(), request());
        at.step = at.dialogue->begin();
        while (!std::holds_alternative<dialogue::Ask>(at.step)) {
            if (auto* work = std::get_if<Work>(&at.step)) work->job();
            at.step = at.dialogue->resume(Resumption::done);
        }
        at.step = at.dialogue->answer(Secret::copy_of(answer));
        EXPECT_EQ(at.work().kind, Work::Kind::store);
        return at;
    }

    std::shared_ptr<RacingStore> store_ = std::make_shared<RacingStore>(world_.store);
};

TEST_F(StoreWork, ALoginReadsInOneJobAndIsJudgedInAnother) {
    const Transcript login = log_in({code()});
    EXPECT_EQ(login.verdict, Verdict::accepted);
    EXPECT_EQ(login.steps,
              (std::vector<std::string>{"lookup", "store", "ask: Verification code: 0", "store"}));
}

TEST_F(StoreWork, IsInlineWhereTheStoreDoesNotBlock) {
    store_->blocks = false;
    EXPECT_THAT(log_in({code()}).steps, Not(Contains("store")));
}

// The job names its record: of one record one runs at a time. Reading waits for nobody.
TEST_F(StoreWork, OnlyWhatIsWrittenNamesItsRecord) {
    const auto dialogue = dialogue::make_dialogue(world_.ports(), request());
    Step step = dialogue->begin();
    std::get<Work>(step).job();
    step = dialogue->resume(Resumption::done);
    EXPECT_EQ(std::get<Work>(step).kind, Work::Kind::store);
    EXPECT_EQ(std::get<Work>(step).name, "");
    EXPECT_EQ(judging(code()).work().name, "users/alice");
}

TEST_F(StoreWork, ConversationsOfEveryKindComeToTheSame) {
    EXPECT_EQ(log_in({world_.wrong_code("alice"), "nonsense", code()}).verdict, Verdict::accepted);
    EXPECT_EQ(world_.login(request(), {recovery_code(0)}).verdict, Verdict::accepted);
    EXPECT_EQ(log_in({"?", "2", recovery_code(1), "t", Typed::code_of_the_shown_key(), "saved"}).verdict,
              Verdict::accepted);
    Request manage = request();
    manage.purpose = Purpose::manage;
    manage.task = Task::disable;
    manage.caller = dialogue::Caller::own_uid;
    manage.uid = 1000;
    world_.pass(std::chrono::seconds{60});
    EXPECT_EQ(world_.login(manage, {code()}).verdict, Verdict::accepted);
    EXPECT_FALSE(record().credential);
    configure("action = require\n");
    EXPECT_EQ(world_.login("bob", {"123456", no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(world_.login("nobodys", {"123456", no_answer}).verdict, Verdict::cancelled);
}

TEST_F(StoreWork, RightWrongUnknownAndNotEnrolledTakeTheSameJobs) {
    configure("action = require\n");
    const auto steps = [this](const std::string& user, const std::string& answer) {
        Transcript seen = world_.login(user, {answer, no_answer});
        std::erase_if(seen.steps, [](const std::string& step) { return step != "store"; });
        return seen.steps.size();
    };
    const std::size_t wrong = steps("alice", world_.wrong_code("alice"));
    EXPECT_EQ(steps("alice", code()), wrong);
    EXPECT_EQ(steps("bob", "123456"), steps("nobodys", "123456"));
}

// --- what becomes of a job that nobody waits for ---

TEST_F(StoreWork, AJobThatRunsWhenTheDialogueIsGoneTouchesNothing) {
    const unsigned before = store_->writes;
    const auto job = [this] { return judging(code()).work().job; }();
    job();
    EXPECT_EQ(store_->writes, before);
    EXPECT_TRUE(logs_in_with(code())) << "the code was not used up";
}

TEST_F(StoreWork, AJobOfAChangeThatRunsWhenTheDialogueIsGoneTouchesNothing) {
    Request manage = request();
    manage.purpose = Purpose::manage;
    manage.task = Task::drop_clients;
    manage.caller = dialogue::Caller::own_uid;
    manage.uid = 1000;
    state().clients = {{"sshd", "192.0.2.7", world_.clock.now(), world_.clock.now() + std::chrono::hours{1}}};
    std::function<void()> job;
    {
        const auto dialogue = dialogue::make_dialogue(world_.ports(), manage);
        Step step = dialogue->begin();
        while (!std::holds_alternative<dialogue::Ask>(step)) {
            if (auto* work = std::get_if<Work>(&step)) work->job();
            step = dialogue->resume(Resumption::done);
        }
        step = dialogue->answer(Secret::copy_of(std::string_view("all")));
        job = std::get<Work>(step).job;
    }
    job();
    EXPECT_EQ(state().clients.size(), 1U);
}

TEST_F(StoreWork, WhatIsLateOrOverloadedIsUnavailable) {
    for (const auto& [how, why] :
         {std::pair{Resumption::late, "took too long"}, std::pair{Resumption::overloaded, "too many wait"}}) {
        AtTheStore at = judging(code());
        const auto job = at.work().job;
        Step step = at.dialogue->resume(how);
        EXPECT_EQ(std::get<dialogue::End>(step).verdict, Verdict::unavailable);
        EXPECT_THAT(world_.last_decision().reason, HasSubstr(why));
        job();  // and whatever it does now is looked at by nobody
        EXPECT_EQ(store_->writes, 0U);
    }
}

TEST_F(StoreWork, ARecordThatCannotBeReadInTimeIsUnavailable) {
    world_.store_ends = Resumption::overloaded;
    EXPECT_EQ(log_in({}).verdict, Verdict::unavailable);
    EXPECT_EQ(world_.login("bob", {}).verdict, Verdict::unavailable) << "never: not enrolled";
}

// --- its time ---

TEST_F(StoreWork, WhatTheCallsTakeIsCounted) {
    AtTheStore at = judging(code());
    store_->fate = [] { return Fate::not_written_unknown; };
    store_->before_each_write = [this] { world_.steady += std::chrono::seconds{1}; };
    at.work().job();
    EXPECT_EQ(store_->writes, 4U) << "a second each: what began within 3.5 seconds";
    EXPECT_EQ(std::get<dialogue::End>(at.dialogue->resume(Resumption::done)).verdict, Verdict::unavailable);
    EXPECT_THAT(world_.last_decision().reason, HasSubstr("may not have happened"));
}

TEST_F(StoreWork, WhoeverWaitedTooLongForAThreadIsNotJudgedAnyMore) {
    AtTheStore at = judging(code());
    world_.steady += std::chrono::seconds{4};
    at.work().job();
    EXPECT_EQ(store_->writes, 0U);
    EXPECT_EQ(std::get<dialogue::End>(at.dialogue->resume(Resumption::done)).verdict, Verdict::unavailable);
    EXPECT_THAT(world_.last_decision().reason, HasSubstr("too many wait"));
}

TEST_F(StoreWork, WhatWasLostIsJudgedAgainInTheSameJob) {
    store_->fates = {Fate::lost, Fate::late_unknown};
    const Transcript login = log_in({code()});
    EXPECT_EQ(login.verdict, Verdict::accepted);
    EXPECT_EQ(login.steps.back(), "store");
    EXPECT_THAT(login.steps, Not(Contains(HasSubstr("wait"))));
}

}  // namespace
}  // namespace secondstep
