// The question for the present second step, before something of it is changed.

#include <algorithm>

#include "unit/dialogue/manage/devices_fixture.h"

namespace secondstep {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using testing::no_answer;
using ::testing::Not;
using testing::Transcript;
using testing::Typed;

class PresentStep : public testing::DevicesOfAlice {
  protected:
    Transcript for_task(Task task, std::vector<Typed> answers) {
        dialogue::Request request = to_manage();
        request.task = task;
        if (task == Task::devices) answers.insert(answers.begin(), rename("phone", "mobile"));
        return world_.login(request, answers);
    }
};

constexpr Task that_ask[] = {Task::enroll, Task::recovery_codes, Task::disable, Task::devices};

TEST_F(PresentStep, AQuestionMarkShowsWhatCanBeEnteredAndIsNoTry) {
    for (const Task task : that_ask) {
        const Transcript seen = for_task(task, {"?", "?", " ? ", "?", no_answer});
        EXPECT_EQ(seen.verdict, Verdict::cancelled) << "asked as often as one likes";
        EXPECT_EQ(std::ranges::count(seen.texts, messages::present_code_help("")), 4);
        EXPECT_THAT(seen.texts, Each(Not(HasSubstr("Not accepted"))));
    }
}

// They were not judged, and the words do not say that they were.
TEST_F(PresentStep, WhatWasNotJudgedIsNotCalledRefused) {
    const std::string temporary = give(GrantKind::temporary);
    const std::pair<std::string, std::string> all[] = {
        {temporary, messages::no_one_time_code_here()},
        {"hunter2", messages::no_code() + std::string(messages::help_hint)},
        {"", messages::no_code() + std::string(messages::help_hint)},
        {"12345", messages::no_code() + std::string(messages::help_hint)},
        {"\b\n\r\177INCORRECT", messages::no_code() + std::string(messages::help_hint)},
        {"492039 118204", messages::several_codes() + std::string(messages::help_hint)}};
    for (const Task task : that_ask) {
        for (const auto& [typed, words] : all) {
            const Transcript seen = for_task(task, {typed, no_answer});
            EXPECT_THAT(seen.texts, Contains(words)) << typed;
            EXPECT_THAT(seen.texts, Each(Not(HasSubstr("Each code works once: wait")))) << typed;
        }
    }
    EXPECT_TRUE(state().temporary.given) << "it was not used up";
    EXPECT_TRUE(world_.journal.changes.empty());
}

TEST_F(PresentStep, TheLastRefusalHasWordsAndSaysThatNothingWasChanged) {
    for (const Task task : that_ask) {
        const Transcript seen = for_task(task, {"a", "b", "c"});
        EXPECT_EQ(seen.verdict, Verdict::refused);
        const std::string words = messages::no_code() + std::string(messages::help_hint);
        EXPECT_EQ(std::ranges::count(seen.texts, words), 3);
        EXPECT_EQ(seen.texts.back(), messages::not_proved(""));
    }
    EXPECT_TRUE(world_.journal.changes.empty());
}

TEST_F(PresentStep, AWrongCodeIsRefusedAsAtALogin) {
    std::vector<Typed> wrong = world_.wrong_codes("alice");
    const Transcript seen = for_task(Task::devices, wrong);
    EXPECT_EQ(std::ranges::count(seen.texts, messages::not_accepted()), 3);
    EXPECT_EQ(seen.texts.back(), messages::not_proved(""));
}

}  // namespace
}  // namespace secondstep
