#include "dialogue/conversation/script.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <stdexcept>

#include "dialogue/visit/visit.h"

namespace secondstep {
namespace {

using dialogue::Ask;
using dialogue::End;
using dialogue::NoAnswer;
using dialogue::Resumption;
using dialogue::Script;
using dialogue::Show;
using dialogue::Step;
using dialogue::Talk;

using Body = std::function<Script<Verdict>(Talk&)>;

class Written final : public dialogue::ScriptedDialogue {
  public:
    explicit Written(Body body) : body_(std::move(body)) {}

  private:
    Script<dialogue::Ended> run() override {
        const Verdict verdict = co_await body_(talk());
        co_return visit_.end_quietly(verdict);
    }
    Body body_;
    dialogue::Visit visit_{talk(), {}, {}};
};

Script<std::string> ask_for_a_word(Talk& talk) {
    dialogue::Reply reply = co_await talk.ask_aloud("word: ");
    const auto* typed = std::get_if<Secret>(&reply);
    co_return typed != nullptr ? std::string(typed->text()) : std::string("nothing");
}

Script<Verdict> say_the_word_back(Talk& talk) {
    std::string word = co_await ask_for_a_word(talk);
    co_await talk.show(word);
    co_return word == "yes" ? Verdict::accepted : Verdict::refused;
}

Script<Verdict> ask_for_ever(Talk& talk) {
    for (;;) {
        dialogue::Reply reply = co_await talk.ask("code: ");
        if (std::holds_alternative<NoAnswer>(reply)) co_return Verdict::cancelled;
    }
}

Script<bool> throws(Talk& talk, bool after_a_question) {
    if (after_a_question) co_await talk.ask("code: ");
    throw std::runtime_error("out of luck");
    co_return true;
}

Script<Verdict> calls_what_throws(Talk& talk, bool after_a_question) {
    const bool never = co_await throws(talk, after_a_question);
    co_return never ? Verdict::accepted : Verdict::refused;
}

Script<Verdict> holds(Talk& talk, std::shared_ptr<int> held) {
    const std::shared_ptr<int> kept = std::move(held);
    std::string word = co_await ask_for_a_word(talk);
    co_return Verdict::accepted;
}

Verdict end_of(const Step& step) {
    const auto* end = std::get_if<End>(&step);
    EXPECT_NE(end, nullptr);
    return end != nullptr ? end->verdict : Verdict::not_allowed;
}

TEST(Script, WaitsForThePersonAlsoInsideAnotherOne) {
    Written dialogue(say_the_word_back);
    const Step asking = dialogue.begin();
    ASSERT_TRUE(std::holds_alternative<Ask>(asking));
    EXPECT_TRUE(std::get<Ask>(asking).echo);
    const Step showing = dialogue.answer(Secret::copy_of(std::string_view("yes")));
    ASSERT_TRUE(std::holds_alternative<Show>(showing));
    EXPECT_EQ(std::get<Show>(showing).text.text(), "yes");
    EXPECT_EQ(end_of(dialogue.resume(Resumption::done)), Verdict::accepted);
}

TEST(Script, AsksTwentyTimesAndThenNobodyAnswers) {
    Written dialogue(ask_for_ever);
    Step step = dialogue.begin();
    unsigned asked = 0;
    for (; std::holds_alternative<Ask>(step); ++asked)
        step = dialogue.answer(Secret::copy_of(std::string_view("x")));
    EXPECT_EQ(asked, 20U);
    EXPECT_EQ(end_of(step), Verdict::cancelled);
}

TEST(Script, ThatWaitsForNothingIsUnavailable) {
    Written dialogue(say_the_word_back);
    EXPECT_EQ(end_of(dialogue.resume(Resumption::done)), Verdict::unavailable) << "not begun";
    EXPECT_EQ(end_of(dialogue.answer(NoAnswer{})), Verdict::unavailable);
    static_cast<void>(dialogue.begin());
    static_cast<void>(dialogue.answer(NoAnswer{}));
    ASSERT_EQ(end_of(dialogue.resume(Resumption::done)), Verdict::refused);
    EXPECT_EQ(end_of(dialogue.resume(Resumption::done)), Verdict::unavailable) << "ended";
    EXPECT_EQ(end_of(dialogue.answer(Secret::copy_of(std::string_view("yes")))), Verdict::unavailable);
}

TEST(Script, ResumedInsteadOfAnsweredNobodyAnswered) {
    Written dialogue(say_the_word_back);
    static_cast<void>(dialogue.begin());
    const Step showing = dialogue.resume(Resumption::done);
    ASSERT_TRUE(std::holds_alternative<Show>(showing));
    EXPECT_EQ(std::get<Show>(showing).text.text(), "nothing");
}

TEST(Script, WhatAPartThrowsReachesWhoeverRunsIt) {
    Written at_once([](Talk& talk) { return calls_what_throws(talk, false); });
    EXPECT_THROW(static_cast<void>(at_once.begin()), std::runtime_error);
    Written later([](Talk& talk) { return calls_what_throws(talk, true); });
    static_cast<void>(later.begin());
    EXPECT_THROW(static_cast<void>(later.answer(NoAnswer{})), std::runtime_error);
    EXPECT_EQ(end_of(later.answer(NoAnswer{})), Verdict::unavailable) << "it is over";
}

TEST(Script, WhatAWaitingOneHoldsGoesWithIt) {
    auto held = std::make_shared<int>(1);
    const std::weak_ptr<int> seen = held;
    auto dialogue = std::make_unique<Written>([&held](Talk& talk) { return holds(talk, std::move(held)); });
    static_cast<void>(dialogue->begin());
    EXPECT_FALSE(seen.expired());
    dialogue.reset();
    EXPECT_TRUE(seen.expired());
}

TEST(Script, WhatAPartOfItHeldIsGoneWhenThatEnds) {
    auto held = std::make_shared<int>(1);
    const std::weak_ptr<int> seen = held;
    Written dialogue([&held](Talk& talk) { return holds(talk, std::move(held)); });
    static_cast<void>(dialogue.begin());
    EXPECT_EQ(end_of(dialogue.answer(NoAnswer{})), Verdict::accepted);
    EXPECT_TRUE(seen.expired());
}

}  // namespace
}  // namespace secondstep
