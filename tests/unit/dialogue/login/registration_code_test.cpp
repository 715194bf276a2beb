// The registration code that who has no second step may have to type.

#include "dialogue/login/first_login.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/character_width.h"
#include "base/text.h"
#include "dialogue/make_dialogue.h"
#include "dialogue/texts/messages.h"
#include "unit/dialogue/login/first_login_fixture.h"

namespace secondstep {
namespace {

using ::testing::Each;
using testing::FirstLogin;
using ::testing::HasSubstr;
using testing::no_answer;
using ::testing::Not;
using testing::Transcript;
using testing::Typed;

class Registration : public FirstLogin {
  protected:
    Registration() { world_.configure("action = enroll\n"); }
};

TEST_F(Registration, IsAskedForBeforeTheKeyIsShownAndUsedUpByTheCommit) {
    const std::string invitation = invite();
    const Typed code = code_of_the_shown_key();
    const Transcript login = log_in({"t", invitation, code, "saved"});
    EXPECT_EQ(login.verdict, Verdict::accepted);
    EXPECT_FALSE(state().registration.given);
    EXPECT_EQ(dialogue::to_text(world_.journal.changes.back().proof), "registration-code");
}

TEST_F(Registration, WithoutARightOneNoKeyIsShown) {
    static_cast<void>(invite());
    const Transcript login = log_in({"q", "00000-00000", "nonsense", "11111-11111"});
    EXPECT_EQ(login.verdict, Verdict::refused);
    EXPECT_THAT(login.texts, Each(Not(HasSubstr("Key"))));
    EXPECT_EQ(state().strangers.count, 2U) << "what has not the shape of a code is no failure";
    EXPECT_FALSE(is_enrolled());
}

TEST_F(Registration, HangingUpBeforeTheCommitDoesNotUseItUp) {
    const std::string invitation = invite();
    EXPECT_EQ(log_in({"t", invitation, no_answer}).verdict, Verdict::refused);
    EXPECT_EQ(log_in({"t", invitation, code_of_the_shown_key(), "saved"}).verdict, Verdict::accepted);
}

TEST_F(Registration, IsThrottledLikeEveryCode) {
    const std::string invitation = invite();
    for (int i = 0; i < 6; ++i)
        static_cast<void>(log_in({"t", "00000-00000", no_answer}));
    EXPECT_EQ(log_in({"t", invitation, no_answer}).verdict, Verdict::refused);
    world_.pass(std::chrono::seconds{31});
    EXPECT_EQ(log_in({"t", invitation, code_of_the_shown_key(), "saved"}).verdict, Verdict::accepted);
}

TEST_F(Registration, Ends) {
    const std::string invitation = invite();
    world_.pass(std::chrono::hours{25});
    EXPECT_EQ(log_in({"t", invitation, no_answer}).verdict, Verdict::refused);
    EXPECT_FALSE(is_enrolled());
}

// How much of it was asked for.
class CountedRandomness final : public Randomness {
  public:
    explicit CountedRandomness(Randomness& real) : real_(real) {}
    void fill(MutableByteView out) override {
        count += out.size();
        real_.fill(out);
    }
    std::size_t count = 0;

  private:
    Randomness& real_;
};

// Typed in two terminals, it makes one enrollment; and who comes second makes no recovery codes first: in a crowd each would
// wait for those of all others.
TEST_F(Registration, OfTwoTerminalsTheSecondIsToldAndChangesNothing) {
    const std::string invitation = invite();
    dialogue::Ports ports = world_.ports();
    CountedRandomness randomness(*ports.randomness);
    ports.randomness = &randomness;
    const auto first = dialogue::make_dialogue(std::move(ports), request_with(Proof::first_factor));
    const auto until_the_key = [&](dialogue::Dialogue& dialogue) {
        dialogue::Step step = dialogue.begin();
        for (const std::string& typed : {std::string("t"), invitation}) {
            while (!std::holds_alternative<dialogue::Ask>(step)) {
                if (auto* work = std::get_if<dialogue::Work>(&step)) work->job();
                step = dialogue.resume(dialogue::Resumption::done);
            }
            step = dialogue.answer(Secret::copy_of(typed));
        }
        while (!std::holds_alternative<dialogue::Ask>(step))
            step = dialogue.resume(dialogue::Resumption::done);
    };
    until_the_key(*first);
    const Transcript second = log_in({"t", invitation, code_of_the_shown_key(), "saved"});
    ASSERT_EQ(second.verdict, Verdict::accepted);
    const AuthenticatorId winner = world_.store->record("bob").credential->authenticators.front().id;
    dialogue::Step step = first->answer(Secret::copy_of(world_.code_of(testing::key_in(second.texts))));
    std::string told;
    while (!std::holds_alternative<dialogue::End>(step)) {
        const std::size_t before = randomness.count;
        if (auto* work = std::get_if<dialogue::Work>(&step)) work->job();
        EXPECT_EQ(randomness.count, before) << "codes that nobody needs";
        if (auto* show = std::get_if<dialogue::Show>(&step)) told += show->text.text();
        step = first->resume(dialogue::Resumption::done);
    }
    EXPECT_EQ(std::get<dialogue::End>(step).verdict, Verdict::refused);
    EXPECT_EQ(told, messages::set_up_elsewhere());
    EXPECT_EQ(world_.store->record("bob").credential->authenticators.front().id, winner);
}

}  // namespace
}  // namespace secondstep
