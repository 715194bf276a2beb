// What becomes of a login whose code the courier could not send, or says nothing of.

#include "dialogue/make_dialogue.h"
#include "unit/dialogue/login/sent_code_login.h"

namespace secondstep {
namespace {

using delivery::Cause;
using delivery::DeliveryOutcome;
using ::testing::Contains;
using testing::no_answer;
using testing::OpenDialogue;
using testing::SentCodeLogin;
using testing::Transcript;

TEST_F(SentCodeLogin, AFailureIsSaidInTheSameWordsForEveryCause) {
    configure("contact = IT night desk\n");
    for (const Cause cause : {Cause::certificate, Cause::login, Cause::recipient, Cause::no_answer,
                              Cause::misconfigured, Cause::program, Cause::courier}) {
        world_.courier.report = {DeliveryOutcome::failed, cause, "the server's own words"};
        const Transcript login = log_in({wrong, no_answer});
        EXPECT_EQ(login.texts.at(1),
                  "\nA code could not be sent; enter a recovery code or call IT night desk.\n? = help");
        EXPECT_TRUE(warned_of("the server's own words")) << to_text(cause);
        marias_state().strangers = {};
    }
}

TEST_F(SentCodeLogin, AFailureCountsNeitherAsAMessageNorAsAFailureAndTheNextLoginSendsAgain) {
    world_.courier.report = {DeliveryOutcome::failed, Cause::courier, ""};
    for (int i = 0; i < 12; ++i)
        arrive();
    EXPECT_EQ(codes_sent(), 12U);
    EXPECT_TRUE(marias_state().sends.empty());
    EXPECT_EQ(marias_state().strangers.count, 0U);
    world_.courier.report = {DeliveryOutcome::sent, Cause::none, ""};
    arrive();
    EXPECT_EQ(log_in({world_.courier.last_code()}).verdict, Verdict::accepted);
}

TEST_F(SentCodeLogin, AFailureLetsNobodyIn) {
    world_.courier.report = {DeliveryOutcome::failed, Cause::courier, ""};
    EXPECT_EQ(log_in(three_wrong).verdict, Verdict::refused);
    EXPECT_EQ(log_in({world_.recovery_codes["maria"][0]}).verdict, Verdict::accepted);
}

TEST_F(SentCodeLogin, ACodeThatArrivesAfterAllLogsIn) {
    world_.courier.report = {DeliveryOutcome::failed, Cause::no_answer, "silence"};
    OpenDialogue dialogue(world_, marias());
    dialogue.type({world_.courier.last_code()});
    EXPECT_EQ(dialogue.verdict(), Verdict::accepted);
}

TEST_F(SentCodeLogin, ADeferredMessageIsNoFailure) {
    world_.courier.report = {DeliveryOutcome::deferred, Cause::none, "451 try later"};
    const Transcript login = log_in({wrong, no_answer});
    EXPECT_THAT(login.texts, Contains(messages::not_accepted()));
    EXPECT_EQ(marias_state().sends.size(), 1U);
}

TEST_F(SentCodeLogin, AReportThatComesLateIsOfNoHarm) {
    world_.courier.silent = true;
    arrive();
    const std::string first = world_.courier.last_code();
    marias_state().sent.undelivered = true;
    arrive();
    const State before = marias_state();
    ASSERT_EQ(codes_sent(), 2U);
    // Both reports are owed; the first one is about a code that is void already.
    world_.courier.report_all({DeliveryOutcome::failed, Cause::courier, ""});
    EXPECT_TRUE(marias_state().sent.undelivered);
    EXPECT_EQ(marias_state().sends.size(), before.sends.size() - 1);
    EXPECT_NE(first, world_.courier.last_code());
}

// The first login has sent it; the second one began while it was on its way.
TEST_F(SentCodeLogin, ADialogueThatSentNothingItselfSaysThatTheCodeDidNotLeave) {
    world_.courier.silent = true;
    OpenDialogue first(world_, marias());
    OpenDialogue second(world_, marias());
    ASSERT_EQ(codes_sent(), 1U);
    world_.courier.report_all({DeliveryOutcome::failed, Cause::no_answer, ""});
    second.type({wrong});
    EXPECT_THAT(second.texts(), Contains(messages::could_not_be_sent("")));
}

TEST_F(SentCodeLogin, AJobThatIsDroppedIsAFailure) {
    const auto dialogue = make_dialogue(world_.ports(), marias());
    dialogue::Step step = dialogue->begin();
    while (!std::holds_alternative<dialogue::Ask>(step)) {
        if (const auto* work = std::get_if<dialogue::Work>(&step)) work->job();
        step = dialogue->resume(dialogue::Resumption::done);  // and Background is thrown away
    }
    step = dialogue->answer(Secret::copy_of(wrong));
    ASSERT_TRUE(std::holds_alternative<dialogue::Show>(step));
    EXPECT_EQ(std::get<dialogue::Show>(step).text.text(), messages::could_not_be_sent(""));
    EXPECT_EQ(codes_sent(), 0U);
}

TEST_F(SentCodeLogin, WithoutACourierTheRecoveryCodesRemain) {
    dialogue::Ports ports = world_.ports();
    ports.courier = nullptr;
    const auto dialogue = make_dialogue(ports, marias());
    const Transcript login = world_.run(*dialogue, {wrong, world_.recovery_codes["maria"][1]});
    EXPECT_EQ(login.verdict, Verdict::accepted);
    EXPECT_THAT(login.texts, Contains(messages::could_not_be_sent("")));
}

}  // namespace
}  // namespace secondstep
