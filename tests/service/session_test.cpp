#include "secondstepd/session.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "service/client.h"
#include "service/in_process_service.h"

namespace secondstep::testing {
namespace {

using namespace std::chrono_literals;
using Shape = InProcessService::Shape;

// --- the way through ---

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
    EXPECT_EQ(
        client.log_in(hello_for(own_name()), {"?", "", wrong_code(enrolled.key), code_of(enrolled.key)}),
        Verdict::accepted);
    EXPECT_EQ(client.shown().size(), 3U) << "the hint, the menu, the refusal";
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

// --- purposes ---

TEST(Session, TheAccountPhaseHasNothingToDo) {
    InProcessService service;
    wire::Hello hello = hello_for(own_name());
    hello.purpose = Purpose::account;
    EXPECT_EQ(Client(service.path()).log_in(hello, {}), Verdict::not_needed);
}

TEST(Session, ManagingIsForTheAccountsOwnUidOnly) {
    InProcessService service;
    service.installation.enroll_self();
    wire::Hello hello = hello_for(own_name());
    hello.purpose = Purpose::manage;
    hello.task = Task::status;
    Client own(service.path());
    EXPECT_EQ(own.log_in(hello, {}), Verdict::accepted);
    ASSERT_EQ(own.shown().size(), own_name() == "root" ? 2U : 1U) << "root is told of the service, too";
    EXPECT_NE(own.shown().back().find("\"enrolled\":true"), std::string::npos) << own.shown().back();
    hello.user = own_name() == "root" ? "nobody" : "root";
    EXPECT_EQ(Client(service.path()).log_in(hello, {}), Verdict::not_allowed);
}

// --- silence ---

TEST(Session, WhoSaysNoHelloIsDropped) {
    Shape shape;
    shape.timeouts.hello = 20ms;
    InProcessService service(shape);
    Client client(service.path());
    EXPECT_TRUE(client.hangs_up());
    service.await_held(0);
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

// --- garbage ---

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

// A program that was started before the upgrade has the old module in it.
TEST(Session, AClientOfAnEarlierVersionIsAnsweredInItsVersion) {
    InProcessService service;
    service.installation.enroll_self();
    for (const std::uint8_t version : {std::uint8_t{1}, std::uint8_t{2}}) {
        wire::Hello hello = hello_for(own_name());
        hello.version = version;
        Client client(service.path());
        client.speaks(version);
        client.send(hello);
        ASSERT_TRUE(client.next_question());
        EXPECT_EQ(client.heard_version(), version);
        client.answer("x");
        ASSERT_TRUE(client.next_question()) << "not a code: asked again";
        client.answer_nothing();
        EXPECT_FALSE(client.next_question());
        EXPECT_EQ(client.verdict(), Verdict::cancelled);
        EXPECT_EQ(client.heard_version(), version);
        EXPECT_EQ(client.packets(), 5) << "the hint, the question, the refusal, the question, the end";
    }
}

TEST(Session, AClientOfThisVersionIsAnsweredInIt) {
    InProcessService service;
    Client client(service.path());
    client.send(hello_for("nobody-of-that-name"));
    static_cast<void>(client.next_question());
    EXPECT_EQ(client.heard_version(), 3);
}

// --- limits ---

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

TEST(Session, OutOfDescriptorsAConnectionWaitsAndNothingSpins) {
    InProcessService service;
    const auto enrolled = service.installation.enroll_self();
    const wire::Hello hello = hello_for(own_name());
    Client early(service.path());
    early.send(hello);
    ASSERT_TRUE(early.next_question());
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const UniqueFd lowest_free(::dup(early.fd()));
    rlimit none_left = before;
    none_left.rlim_cur =
        static_cast<rlim_t>(lowest_free.get()) + 2;  // one for the next client, none to accept it
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none_left), 0);
    Client late(service.path());
    late.send(hello);
    pollfd answer{.fd = late.fd(), .events = POLLIN, .revents = 0};
    const std::clock_t begin = std::clock();
    EXPECT_EQ(::poll(&answer, 1, 500), 0);
    const double processor_seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    EXPECT_LT(processor_seconds, 0.25);  // two threads that spin take 1.0
    ASSERT_TRUE(late.next_question());
    late.answer(code_of(enrolled.key));
    EXPECT_FALSE(late.next_question());
    EXPECT_EQ(late.verdict(), Verdict::accepted);
}

// --- slow things ---

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

// --- the end of the service ---

TEST(Session, WhoSitsAtAPromptAtTheEndIsUnavailable) {
    InProcessService service;
    service.installation.enroll_self();
    Client at_prompt(service.path());
    at_prompt.send(hello_for(own_name()));
    ASSERT_TRUE(at_prompt.next_question());
    Client without_hello(service.path());
    service.await_held(2);
    const std::size_t ended = service.end();
    EXPECT_GE(ended, 1U) << "who was at the prompt";
    EXPECT_LE(ended, 2U) << "and who came last, if they were a member by then and did not find the end begun";
    EXPECT_FALSE(at_prompt.next_question());
    EXPECT_EQ(at_prompt.verdict(), Verdict::unavailable);
    EXPECT_TRUE(without_hello.hangs_up_without_a_word()) << "the next service is to be asked";
    service.await_held(0);
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
