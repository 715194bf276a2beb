#include "secondstepd/session.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "base/text.h"
#include "service/client.h"
#include "service/in_process_service.h"

namespace secondstep::testing {
namespace {

using namespace std::chrono_literals;
using Shape = InProcessService::Shape;

// --- the way through
// ----------------------------------------------------------------------------------------

TEST(Session, ARightCodeIsAcceptedAndAWrongOneIsNot) {
    InProcessService service;
    const auto enrolled = service.installation.enroll_self();
    EXPECT_EQ(Client(service.path()).log_in(hello_for(own_name()), {wrong_code(enrolled.key)}),
              Verdict::cancelled);
    EXPECT_EQ(Client(service.path()).log_in(hello_for(own_name()), {code_of(enrolled.key)}),
              Verdict::accepted);
}

TEST(Session, TheDialoguesTextsArriveInOrder) {
    InProcessService service;
    const auto enrolled = service.installation.enroll_self();
    Client client(service.path());
    EXPECT_EQ(client.log_in(hello_for(own_name()), {"?", wrong_code(enrolled.key), code_of(enrolled.key)}),
              Verdict::accepted);
    EXPECT_EQ(client.shown().size(), 2U);
}

TEST(Session, ManyConnectionsAreServedSideBySide) {
    InProcessService service;
    const auto enrolled = service.installation.enroll_self();
    std::vector<Client> waiting;
    for (int i = 0; i < 200; ++i) {
        waiting.emplace_back(service.path());
        waiting.back().send(hello_for(own_name()));
    }
    for (Client& client : waiting)
        ASSERT_TRUE(client.next_question());
    EXPECT_EQ(Client(service.path()).log_in(hello_for(own_name()), {code_of(enrolled.key)}),
              Verdict::accepted);
}

// --- purposes
// -----------------------------------------------------------------------------------------------

TEST(Session, TheAccountPhaseHasNothingToDo) {
    InProcessService service;
    wire::Hello hello = hello_for(own_name());
    hello.purpose = wire::Purpose::account;
    EXPECT_EQ(Client(service.path()).log_in(hello, {}), Verdict::not_needed);
}

TEST(Session, ManagingIsNotAllowed) {
    InProcessService service;
    wire::Hello hello = hello_for(own_name());
    hello.purpose = wire::Purpose::manage;
    EXPECT_EQ(Client(service.path()).log_in(hello, {}), Verdict::not_allowed);
}

// --- silence
// ------------------------------------------------------------------------------------------------

TEST(Session, WhoSaysNoHelloIsDropped) {
    Shape shape;
    shape.timeouts.hello = 20ms;
    InProcessService service(shape);
    Client client(service.path());
    EXPECT_TRUE(client.hangs_up());
    EXPECT_EQ(service.limits.held(), 0U);
}

TEST(Session, WhoDoesNotAnswerIsCancelledAndItIsLogged) {
    Shape shape;
    shape.timeouts.answer = 20ms;
    InProcessService service(shape);
    service.installation.enroll_self();
    Client client(service.path());
    client.send(hello_for(own_name()));
    ASSERT_TRUE(client.next_question());
    EXPECT_FALSE(client.next_question());
    EXPECT_EQ(client.verdict(), Verdict::cancelled);
    EXPECT_TRUE(client.hangs_up());
    EXPECT_NE(service.log().find("verdict=cancelled user=" + own_name()), std::string::npos) << service.log();
}

TEST(Session, AllInAllADialogueHasItsTimeToo) {
    Shape shape;
    shape.timeouts.dialogue = 20ms;
    InProcessService service(shape);
    service.installation.enroll_self();
    Client client(service.path());
    client.send(hello_for(own_name()));
    while (client.next_question()) {
    }
    EXPECT_EQ(client.verdict(), Verdict::cancelled);
}

TEST(Session, AHangUpAtThePromptIsLogged) {
    InProcessService service;
    service.installation.enroll_self();
    {
        Client client(service.path());
        client.send(hello_for(own_name()));
        ASSERT_TRUE(client.next_question());
    }
    service.await_held(0);
    EXPECT_NE(service.log().find("verdict=cancelled user=" + own_name()), std::string::npos) << service.log();
}

// --- garbage
// ------------------------------------------------------------------------------------------------

class Garbage : public ::testing::TestWithParam<std::string> {};

TEST_P(Garbage, InsteadOfAHelloEndsTheConnection) {
    InProcessService service;
    Client client(service.path());
    client.send_bytes(GetParam());
    EXPECT_TRUE(client.hangs_up());
    service.await_held(0);
}

TEST_P(Garbage, InsteadOfAnAnswerEndsTheConnection) {
    InProcessService service;
    const auto enrolled = service.installation.enroll_self();
    Client client(service.path());
    client.send(hello_for(own_name()));
    ASSERT_TRUE(client.next_question());
    client.send_bytes(GetParam());
    EXPECT_TRUE(client.hangs_up());
    EXPECT_EQ(Client(service.path()).log_in(hello_for(own_name()), {code_of(enrolled.key)}),
              Verdict::accepted);
}

INSTANTIATE_TEST_SUITE_P(Session, Garbage,
                         ::testing::Values(std::string("x"), std::string("\1\1"), std::string(16, '\0'),
                                           std::string("\1\2\1\0\5ab", 7), std::string("\1\3\1\0\1a", 6),
                                           std::string(wire::max_message, '\1'), std::string(100'000, 'A')));

TEST(Session, AnAnswerBeforeTheHelloEndsTheConnection) {
    InProcessService service;
    Client client(service.path());
    client.answer("123456");
    EXPECT_TRUE(client.hangs_up());
}

TEST(Session, ASecondHelloEndsTheConnection) {
    InProcessService service;
    service.installation.enroll_self();
    Client client(service.path());
    client.send(hello_for(own_name()));
    ASSERT_TRUE(client.next_question());
    client.send(hello_for(own_name()));
    EXPECT_TRUE(client.hangs_up());
}

TEST(Session, ANewerProtocolIsToldThatItIsWrong) {
    InProcessService service;
    Client client(service.path());
    client.send_bytes(std::string("\x7f\1", 2) + std::string(30, 'x'));
    EXPECT_FALSE(client.next_question());
    EXPECT_EQ(client.verdict(), Verdict::misconfigured);
}

TEST(Session, APeerThatTakesNothingHoldsUpNobody) {
    Shape shape;
    shape.timeouts.answer = 20ms;
    InProcessService service(shape);
    const auto enrolled = service.installation.enroll_self();
    Client deaf(service.path());
    deaf.send(hello_for(own_name()));
    // 20 texts of help and more answers than questions, none of them read.
    for (int i = 0; i < 30; ++i) {
        const Result<Secret> packet =
            wire::encode(wire::Answer{wire::AnswerKind::text, Secret::copy_of("?")});
        if (::send(deaf.fd(), packet->bytes().data(), packet->size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) break;
    }
    service.await_held(0);
    EXPECT_EQ(Client(service.path()).log_in(hello_for(own_name()), {code_of(enrolled.key)}),
              Verdict::accepted);
}

// --- limits
// -------------------------------------------------------------------------------------------------

TEST(Session, WhoIsOneTooManyIsToldSoAndHisPlaceComesBack) {
    Shape shape;
    shape.limits = {.per_user = 2, .per_trusted = 2, .total = 2};
    InProcessService service(shape);
    service.installation.enroll_self();
    std::vector<Client> waiting;
    for (int i = 0; i < 2; ++i) {
        waiting.emplace_back(service.path());
        waiting.back().send(hello_for(own_name()));
        ASSERT_TRUE(waiting.back().next_question());
    }
    EXPECT_EQ(Client(service.path()).log_in(hello_for(own_name()), {}), Verdict::unavailable);
    waiting.pop_back();
    service.await_held(1);
    EXPECT_EQ(Client(service.path()).log_in(hello_for(own_name()), {}), Verdict::cancelled);
    EXPECT_NE(service.log().find("holds as many dialogues as it may"), std::string::npos) << service.log();
}

// --- slow things
// --------------------------------------------------------------------------------------------

TEST(Session, ANameServiceThatHangsMakesOneLoginUnavailableAndHoldsUpNobody) {
    Shape shape;
    shape.timeouts.lookup = 50ms;
    InProcessService service(shape);
    const auto enrolled = service.installation.enroll_self();
    Client slow(service.path());
    slow.send(hello_for("slow"));
    service.name_service.await_question();
    // It fills one of the two workers; the other goes on.
    EXPECT_EQ(Client(service.path()).log_in(hello_for(own_name()), {code_of(enrolled.key)}),
              Verdict::accepted);
    EXPECT_FALSE(slow.next_question());
    EXPECT_EQ(slow.verdict(), Verdict::unavailable);
    service.name_service.release();
}

TEST(Session, AnAnswerOfTheNameServiceAfterTheEndIsPassedOver) {
    Shape shape;
    shape.timeouts.lookup = 1ms;
    InProcessService service(shape);
    Client slow(service.path());
    slow.send(hello_for("slow"));
    EXPECT_FALSE(slow.next_question());
    service.name_service.release();
    EXPECT_TRUE(slow.hangs_up());
}

TEST(Session, MoreRecoveryCodesThanTheQueueHoldsAreUnavailable) {
    Shape shape;
    shape.scrypts = {.threads = 1, .queue = 0};
    InProcessService service(shape);
    const auto enrolled = service.installation.enroll_self(3);
    std::promise<void> gate;
    std::promise<void> busy;
    // The only thread of the pool has something to do, and nothing may wait for it.
    ASSERT_TRUE(service.occupy_scrypts([&, open = gate.get_future().share()] {
        busy.set_value();
        open.wait();
    }));
    busy.get_future().wait();
    const std::string code(enrolled.recovery_codes.at(0).text());
    EXPECT_EQ(Client(service.path()).log_in(hello_for(own_name()), {code}), Verdict::unavailable);
    gate.set_value();
}

// --- the end of the service
// ---------------------------------------------------------------------------------

TEST(Session, WhoWaitsAtTheEndIsUnavailable) {
    InProcessService service;
    service.installation.enroll_self();
    Client at_prompt(service.path());
    at_prompt.send(hello_for(own_name()));
    ASSERT_TRUE(at_prompt.next_question());
    Client without_hello(service.path());
    service.await_held(2);
    EXPECT_EQ(service.end(), 2U);
    EXPECT_FALSE(at_prompt.next_question());
    EXPECT_EQ(at_prompt.verdict(), Verdict::unavailable);
    EXPECT_FALSE(without_hello.next_question());
    EXPECT_EQ(service.limits.held(), 0U);
}

// A recovery code whose scrypt has not even begun when the service is told to end: its verdict still comes,
// and is on the disk.
TEST(Session, AVerificationThatRunsAtTheEndIsFinishedAndAnswered) {
    Shape shape;
    shape.scrypts = {.threads = 1, .queue = 1};
    shape.threads = 1;
    InProcessService service(shape);
    const auto enrolled = service.installation.enroll_self(3);
    std::promise<void> gate;
    std::promise<void> busy;
    ASSERT_TRUE(service.occupy_scrypts([&, open = gate.get_future().share()] {
        busy.set_value();
        open.wait();
    }));
    busy.get_future().wait();
    Client at_prompt(service.path());
    at_prompt.send(hello_for(own_name()));
    ASSERT_TRUE(at_prompt.next_question());
    Client client(service.path());
    client.send(hello_for(own_name()));
    ASSERT_TRUE(client.next_question());
    client.answer(enrolled.recovery_codes.at(0).text());
    service.await_waiting_scrypts(1);
    std::future<std::size_t> ended = std::async(std::launch::async, [&] { return service.end(); });
    EXPECT_FALSE(at_prompt.next_question());
    EXPECT_EQ(at_prompt.verdict(), Verdict::unavailable);  // so the end has begun
    gate.set_value();
    EXPECT_FALSE(client.next_question());
    EXPECT_EQ(client.verdict(), Verdict::accepted);
    EXPECT_EQ(ended.get(), 1U);
    EXPECT_EQ(recovery_codes_left(*service.installation.account(own_name()).credential,
                                  service.installation.account(own_name()).state),
              2U);
}

}  // namespace
}  // namespace secondstep::testing
