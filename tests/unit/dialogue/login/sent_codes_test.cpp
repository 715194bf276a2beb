// Logging in with codes that are sent.

#include "dialogue/make_dialogue.h"
#include "unit/dialogue/login/sent_code_login.h"

namespace secondstep {
namespace {

using delivery::Cause;
using delivery::DeliveryOutcome;
using delivery::MessagePurpose;
using dialogue::Request;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::HasSubstr;
using testing::no_answer;
using ::testing::Not;
using testing::OpenDialogue;
using testing::SentCodeLogin;
using testing::Transcript;

TEST_F(SentCodeLogin, TheCodeIsSentWhenTheDialogueBeginsAndLogsIn) {
    OpenDialogue dialogue(world_, marias());
    ASSERT_EQ(codes_sent(), 1U);
    const auto message = world_.courier.sent().front();
    EXPECT_EQ(message.to, "maria@example.com");
    EXPECT_EQ(message.user, "maria");
    EXPECT_EQ(message.service, "sshd");
    EXPECT_EQ(message.code.size(), 6U);
    EXPECT_EQ(message.valid, minutes{5});
    EXPECT_EQ(message.patience, minutes{5});
    dialogue.type({message.code});
    EXPECT_EQ(dialogue.verdict(), Verdict::accepted);
    EXPECT_EQ(world_.last_decision().method, Method::mail);
}

TEST_F(SentCodeLogin, TheFirstPromptIsEverybodys) {
    world_.configure("hint = yes\n");
    OpenDialogue marias_dialogue(world_, marias());
    OpenDialogue alices_dialogue(world_, request());
    EXPECT_EQ(marias_dialogue.texts(), alices_dialogue.texts());
    EXPECT_EQ(marias_dialogue.texts().back(), messages::code_prompt);
}

TEST_F(SentCodeLogin, WhatIsSentStartsWhenThePromptIsThere) {
    std::vector<std::string> before;
    world_.courier.on_send = [&] { before = world_.events; };
    arrive();
    EXPECT_THAT(before, Contains("ask"));
}

TEST_F(SentCodeLogin, ItIsWrittenDownBeforeItIsSent) {
    State as_sent;
    world_.courier.on_send = [&] { as_sent = marias_state(); };
    arrive();
    EXPECT_TRUE(as_sent.sent.given);
    EXPECT_EQ(as_sent.sends.size(), 1U);
    world_.events.clear();
}

TEST_F(SentCodeLogin, WhatCannotBeWrittenIsNotSent) {
    world_.store->write_error = Error{Errc::io, "no space"};
    EXPECT_EQ(log_in({no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(codes_sent(), 0U);
    EXPECT_TRUE(warned_of("no space"));
}

TEST_F(SentCodeLogin, WaitsForALockAndSendsThen) {
    world_.courier.silent = true;
    OpenDialogue dialogue(world_, marias());
    EXPECT_EQ(codes_sent(), 1U);
    world_.store->busy = 2;
    marias_state().sent = {};
    arrive();
    EXPECT_EQ(codes_sent(), 2U);
}

TEST_F(SentCodeLogin, NothingIsSentWhereTheFirstFactorMayHaveFailed) {
    Request plain = marias();
    plain.first_factor_passed = false;
    EXPECT_EQ(world_.login(plain, {no_answer}).verdict, Verdict::cancelled);
    Request combined = marias();
    combined.combined = true;
    EXPECT_EQ(world_.login(combined, {no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(codes_sent(), 0U);
}

TEST_F(SentCodeLogin, ARecoveryCodeLogsInWhereNothingIsSent) {
    Request plain = marias();
    plain.first_factor_passed = false;
    EXPECT_EQ(world_.login(plain, {world_.recovery_codes["maria"][0]}).verdict, Verdict::accepted);
}

TEST_F(SentCodeLogin, NobodyElseIsSentAnything) {
    static_cast<void>(world_.login(request(), {no_answer}));
    Request nobody = request();
    nobody.user = "nobody-known";
    static_cast<void>(world_.login(nobody, {no_answer}));
    EXPECT_EQ(world_.courier.sent().size(), 0U);
}

TEST_F(SentCodeLogin, ASecondDialogueSendsNoSecondCodeAndTakesTheFirst) {
    arrive();
    const std::string code = world_.courier.last_code();
    OpenDialogue second(world_, marias());
    EXPECT_EQ(codes_sent(), 1U);
    second.type({code});
    EXPECT_EQ(second.verdict(), Verdict::accepted);
}

TEST_F(SentCodeLogin, ItLogsInOnce) {
    arrive();
    const std::string code = world_.courier.last_code();
    EXPECT_EQ(log_in({code}).verdict, Verdict::accepted);
    marias_state().sends.clear();
    EXPECT_EQ(log_in({code, no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(codes_sent(), 2U) << "the next login needs a new one";
}

TEST_F(SentCodeLogin, OfTwoDialoguesOneIsLetIn) {
    OpenDialogue first(world_, marias());
    OpenDialogue second(world_, marias());
    const std::string code = world_.courier.last_code();
    first.type({code});
    second.type({code});
    EXPECT_EQ(first.verdict(), Verdict::accepted);
    EXPECT_EQ(second.verdict(), std::nullopt);
}

TEST_F(SentCodeLogin, FromElsewhereAnotherOneIsSentAndTheFirstIsVoid) {
    arrive();
    const std::string first = world_.courier.last_code();
    Request neighbour = marias();
    neighbour.rhost = "192.0.2.8";
    OpenDialogue there(world_, neighbour);
    EXPECT_EQ(codes_sent(), 2U);
    there.type({first});
    EXPECT_EQ(there.verdict(), std::nullopt) << "it was sent to somebody at another address";
    EXPECT_EQ(log_in({first, no_answer}).verdict, Verdict::cancelled) << "there is a newer one";
}

TEST_F(SentCodeLogin, ItEndsAfterFiveMinutes) {
    arrive();
    const std::string code = world_.courier.last_code();
    world_.pass(seconds{301});
    EXPECT_EQ(log_in({code, no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(codes_sent(), 2U);
}

TEST_F(SentCodeLogin, AfterThreeWrongAnswersTheNextLoginSendsAnotherOne) {
    EXPECT_EQ(log_in(three_wrong).verdict, Verdict::refused);
    const std::string first = world_.courier.last_code();
    EXPECT_EQ(log_in({first, no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(codes_sent(), 2U);
    EXPECT_EQ(
        failures_of(marias_state(), *source_of_rhost("192.0.2.7", SourceKind::address), world_.clock.now())
            .count,
        4U)
        << "a new one forgives nothing";
}

TEST_F(SentCodeLogin, WhoIsThrottledIsSentNothing) {
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(log_in(three_wrong).verdict, Verdict::refused);
    const std::size_t before = codes_sent();
    marias_state().sent = {};
    const Transcript throttled = log_in({wrong, no_answer});
    EXPECT_EQ(codes_sent(), before);
    EXPECT_THAT(throttled.texts, Contains(messages::not_accepted()));
}

TEST_F(SentCodeLogin, BeyondTheBudgetNothingIsSentAndTheDialogueLooksTheSame) {
    std::vector<std::vector<std::string>> steps;
    for (int i = 0; i < 5; ++i) {
        marias_state().sent = {};
        steps.push_back(log_in({wrong, no_answer}).steps);
        marias_state().strangers = {};
    }
    EXPECT_EQ(codes_sent(), 3U);
    EXPECT_EQ(steps.front(), steps.back());
    world_.pass(minutes{16});
    arrive();
    EXPECT_EQ(codes_sent(), 4U);
}

TEST_F(SentCodeLogin, TheMachineHasABudgetToo) {
    configure("sent_codes_per_host = 2/1m\nsent_codes_per_account = 10/1d\n");
    for (int i = 0; i < 4; ++i) {
        marias_state().sent = {};
        arrive();
    }
    EXPECT_EQ(codes_sent(), 2U);
    EXPECT_TRUE(warned_of("sent_codes_per_host"));
}

// --- the menu ---

TEST_F(SentCodeLogin, TheMenuShowsTheMaskedAddressAndSendsAgain) {
    arrive();
    const std::string first = world_.courier.last_code();
    OpenDialogue dialogue(world_, marias());
    dialogue.type({"?"});
    EXPECT_THAT(dialogue.texts(), Contains(HasSubstr("1) Send a new code to m…@example.com")));
    EXPECT_THAT(dialogue.texts(), Not(Contains(HasSubstr("maria@"))));
    dialogue.type({"1"});
    EXPECT_EQ(codes_sent(), 2U);
    EXPECT_THAT(dialogue.texts(), Contains(HasSubstr("The code was sent to the address provided.")));
    dialogue.type({first});
    EXPECT_EQ(dialogue.verdict(), std::nullopt) << "the first one is void";
    dialogue.type({world_.courier.last_code()});
    EXPECT_EQ(dialogue.verdict(), Verdict::accepted);
}

TEST_F(SentCodeLogin, TheMenuSaysNothingOfTheAddressWhereTheFirstFactorMayHaveFailed) {
    Request plain = marias();
    plain.first_factor_passed = false;
    const Transcript login = world_.login(plain, {"?", no_answer});
    EXPECT_THAT(login.texts, Not(Contains(HasSubstr("example.com"))));
    Request alices = request();
    alices.first_factor_passed = false;
    EXPECT_EQ(login.texts, world_.login(alices, {"?", no_answer}).texts);
}

// A web site says itself that a password was right: one that is broken must not use up what its owner needs.
TEST_F(SentCodeLogin, APortalHasABudgetOfItsOwn) {
    Request portal = marias();
    portal.caller = dialogue::Caller::trusted;
    portal.service = "wiki";
    for (int i = 0; i < 20; ++i) {
        marias_state().sent = {};
        static_cast<void>(world_.login(portal, {no_answer}));
    }
    EXPECT_EQ(codes_sent(), 3U);
    EXPECT_EQ(marias_state().portal_sends.size(), 3U);
    EXPECT_TRUE(marias_state().sends.empty());
    arrive();
    EXPECT_EQ(codes_sent(), 4U);
    EXPECT_EQ(log_in({world_.courier.last_code()}).verdict, Verdict::accepted);
}

TEST_F(SentCodeLogin, PortalsTogetherHaveHalfOfWhatTheMachineMaySend) {
    configure("sent_codes_per_host = 4/1m\nsent_codes_per_account = 10/1d\n");
    Request portal = marias();
    portal.caller = dialogue::Caller::trusted;
    for (int i = 0; i < 5; ++i) {
        marias_state().sent = {};
        static_cast<void>(world_.login(portal, {no_answer}));
    }
    EXPECT_EQ(codes_sent(), 2U);
    for (int i = 0; i < 5; ++i) {
        marias_state().sent = {};
        arrive();
    }
    EXPECT_EQ(codes_sent(), 4U) << "all of them together no more than the limit";
}

TEST_F(SentCodeLogin, APortalSeesNoAddress) {
    Request portal = marias();
    portal.caller = dialogue::Caller::trusted;
    OpenDialogue dialogue(world_, portal);
    dialogue.type({"?", "1"});
    EXPECT_EQ(codes_sent(), 2U) << "the first entry sends a new one";
    EXPECT_THAT(dialogue.texts(), Contains(HasSubstr("Send a new code\n")));
    EXPECT_THAT(dialogue.texts(), Contains(messages::sent_again("")));
    for (const std::string& text : dialogue.texts())
        EXPECT_THAT(text, Not(HasSubstr("example.com")));
}

TEST_F(SentCodeLogin, SendingAgainBeyondTheBudgetLooksTheSame) {
    OpenDialogue dialogue(world_, marias());
    for (int i = 0; i < 4; ++i)
        dialogue.type({"?", "1"});
    EXPECT_EQ(codes_sent(), 3U);
    const auto said = std::ranges::count(dialogue.texts(), messages::sent_again("m…@example.com"));
    EXPECT_EQ(said, 4);
}

TEST_F(SentCodeLogin, SendingAgainSaysWhenItFailed) {
    world_.courier.report = {DeliveryOutcome::failed, Cause::recipient, "550"};
    const Transcript login = log_in({"?", "1", no_answer});
    EXPECT_THAT(login.texts, Contains(messages::could_not_be_sent("")));
}

// --- notices ---

TEST_F(SentCodeLogin, TheOwnerIsToldWhenARecoveryCodeWasUsed) {
    EXPECT_EQ(log_in({world_.recovery_codes["maria"][0]}).verdict, Verdict::accepted);
    const auto notices = world_.courier.sent(MessagePurpose::notice);
    ASSERT_EQ(notices.size(), 1U);
    EXPECT_EQ(notices.front().to, "maria@example.com");
    EXPECT_THAT(notices.front().notice, HasSubstr("A recovery code was used to log in"));
    EXPECT_THAT(notices.front().notice, HasSubstr("192.0.2.7"));
}

TEST_F(SentCodeLogin, TheOwnerIsToldOfTheHundredthFailure) {
    marias_state().strangers = {.count = 99, .last = world_.clock.now(), .wait_until = {}};
    EXPECT_EQ(log_in({wrong, no_answer}).verdict, Verdict::cancelled);
    ASSERT_EQ(world_.courier.sent(MessagePurpose::notice).size(), 1U);
    EXPECT_THAT(world_.courier.sent(MessagePurpose::notice).front().notice,
                HasSubstr("A hundred wrong codes"));
    EXPECT_EQ(log_in({wrong, no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(world_.courier.sent(MessagePurpose::notice).size(), 1U) << "once";
}

TEST_F(SentCodeLogin, WhoHasAnAppIsToldWhereTheSiteSays) {
    EXPECT_EQ(world_.login(request(), {recovery_code(0)}).verdict, Verdict::accepted);
    EXPECT_TRUE(world_.courier.sent().empty()) << "no address on file";
    configure("notify_address = {user}@example.org\n");
    world_.pass(seconds{2});
    EXPECT_EQ(world_.login(request(), {recovery_code(1)}).verdict, Verdict::accepted);
    ASSERT_EQ(world_.courier.sent().size(), 1U);
    EXPECT_EQ(world_.courier.sent().front().to, "alice@example.org");
}

TEST_F(SentCodeLogin, NotifyNoMeansNo) {
    configure("notify = no\n");
    EXPECT_EQ(log_in({world_.recovery_codes["maria"][0]}).verdict, Verdict::accepted);
    EXPECT_TRUE(world_.courier.sent(MessagePurpose::notice).empty());
}

}  // namespace
}  // namespace secondstep
