// What was proved in the authentication, and by whom.

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

using dialogue::Request;
using testing::FirstLogin;
using testing::no_answer;
using testing::Transcript;

class HandedBack : public FirstLogin {
  protected:
    HandedBack() {
        world_.enroll("bob", 1001);
        world_.store->record("bob").state.recovery.not_saved = true;
    }
    // Is anything offered, and is nothing else done?
    bool offers(const Request& request) {
        const RecoverySetId before = state().recovery.id;
        const Transcript login = world_.login(request, {""});
        EXPECT_EQ(login.verdict, Verdict::not_needed);
        EXPECT_EQ(state().recovery.id, before);
        return !login.texts.empty();
    }
    bool offers_for(Proof proof) { return offers(request_with(proof)); }
};

TEST_F(HandedBack, NewCodesAreForWhoShowedALastingSecondStep) {
    EXPECT_TRUE(offers_for(Proof::code));
    EXPECT_TRUE(offers_for(Proof::recovery_code));
    EXPECT_TRUE(offers_for(Proof::registration_code));
    EXPECT_FALSE(offers_for(Proof::temporary_code));
    EXPECT_FALSE(offers_for(Proof::first_factor));
}

// Let in as remembered, with a key, by another program's phase: skipped without a word.
TEST_F(HandedBack, NothingProvedIsNothingOffered) {
    EXPECT_FALSE(offers(request()));
}

TEST_F(HandedBack, NothingIsBelievedOfWhatAnybodyCouldSay) {
    Request request = this->request();
    for (const std::size_t size : {1U, 65U, 66U, 67U, 256U}) {
        request.proof = Token::of(Bytes(size, 1)).value();
        EXPECT_FALSE(offers(request));
    }
}

TEST_F(HandedBack, AProofIsOfOneAccountServiceAndPlace) {
    world_.add_person("alice", 1000);
    world_.enroll("alice", 1000);
    world_.store->record("alice").state.last_accepted = state().last_accepted;
    Request of_alice = request();
    of_alice.user = "alice";
    Request there = request();
    there.rhost = "192.0.2.8";
    Request by_sudo = request();
    by_sudo.service = "sudo";
    for (const Request& other : {of_alice, there, by_sudo}) {
        Request request = this->request();
        request.proof = world_.proof_for(other, Proof::code);
        EXPECT_FALSE(offers(request));
    }
}

TEST_F(HandedBack, AProofIsValidForTenMinutesAndNotBeforeItWasMade) {
    const Request request = request_with(Proof::code);
    world_.pass(std::chrono::minutes{10});
    EXPECT_TRUE(offers(request));
    world_.pass(std::chrono::seconds{1});
    EXPECT_FALSE(offers(request));
    world_.clock.advance(std::chrono::minutes{-11});
    EXPECT_FALSE(offers(request)) << "from the future";
}

TEST_F(HandedBack, AProofEndsWithTheNextAnswerThatIsAccepted) {
    const Request request = request_with(Proof::code);
    ASSERT_TRUE(offers(request));
    ASSERT_EQ(world_.login("bob", {world_.code("bob")}).verdict, Verdict::accepted);
    EXPECT_FALSE(offers(request));
}

// Whoever had the old phone is not given codes of the new one.
TEST_F(HandedBack, AProofEndsWithTheSecondStepThatWasShown) {
    const Request request = request_with(Proof::code);
    const Credential& credential = *world_.store->record("bob").credential;
    world_.store->record("bob").state = state_after_enrollment(state(), credential, {});
    world_.store->record("bob").state.recovery.not_saved = true;
    EXPECT_FALSE(offers(request));
}

TEST_F(HandedBack, AFirstFactorOpensNothingToWhoHasEnrolledMeanwhile) {
    const Request request = request_with(Proof::first_factor);
    EXPECT_FALSE(offers(request));
    world_.store->record("bob").state.enrollment_forced = true;
    EXPECT_EQ(world_.login(request, {no_answer}).verdict, Verdict::not_needed);
}

// In the account phase only they are asked for something.
TEST_F(HandedBack, OnlyProgramsOfRootAreGivenAProof) {
    const auto is_given = [&](dialogue::Caller caller) {
        world_.pass(std::chrono::seconds{30});
        Request request = world_.request("bob");
        request.caller = caller;
        request.uid = 1001;
        const auto dialogue = dialogue::make_dialogue(world_.ports(), request);
        dialogue::Step step = dialogue->begin();
        while (!std::holds_alternative<dialogue::End>(step)) {
            if (auto* work = std::get_if<dialogue::Work>(&step)) work->job();
            step = std::holds_alternative<dialogue::Ask>(step)
                       ? dialogue->answer(Secret::copy_of(world_.text_of(world_.code("bob"), {})))
                       : dialogue->resume(dialogue::Resumption::done);
        }
        EXPECT_EQ(std::get<dialogue::End>(step).verdict, Verdict::accepted);
        return !std::get<dialogue::End>(step).proof.empty();
    };
    EXPECT_TRUE(is_given(dialogue::Caller::root));
    EXPECT_FALSE(is_given(dialogue::Caller::own_uid));
    EXPECT_FALSE(is_given(dialogue::Caller::trusted));
}

}  // namespace
}  // namespace secondstep
