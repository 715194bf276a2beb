// Recovery codes of many at once, with the real scrypt and the real workers.

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "service/client.h"
#include "service/in_process_service.h"

namespace secondstep::testing {
namespace {

constexpr unsigned codes = 10;
constexpr unsigned terminals = 10;
constexpr const char* wrong_recovery_code = "0123-4567-89AB-CDEF";

// Its client hung up while somebody else had the turn.
TEST(RecoveryTurns, ACodeOfWhoIsGoneWhenItsTurnComesIsNotUsedUp) {
    InProcessService service;
    const auto enrolled = service.installation.enroll_self(3);
    const std::string code(enrolled.recovery_codes.at(0).text());
    auto turn =
        service.context().memory.recovery_turns.line_up({.source = own_uid_source(), .account = "bob"});
    ASSERT_TRUE(turn->has_come());
    {
        Client gone(service.path());
        gone.send(hello_for(own_name(), "su", ""));
        ASSERT_TRUE(gone.next_question());
        gone.answer(code);
    }
    turn.reset();
    service.await_held(0);
    EXPECT_NE(service.log().find("nobody waits for the verdict any more"), std::string::npos);
    EXPECT_EQ(Client(service.path()).log_in(hello_for(own_name(), "su", ""), {code}), Verdict::accepted);
}

TEST(RecoveryTurns, TenTerminalsThatGuessKeepNobodyOut) {
    InProcessService service;
    const auto enrolled = service.installation.enroll_self(codes);
    const std::string name = own_name();  // getpwuid(3) is for one thread
    std::atomic<bool> stop = false;
    std::atomic<unsigned> guesses = 0;
    std::vector<std::jthread> guessing;
    for (unsigned i = 0; i < terminals; ++i) {
        guessing.emplace_back([&] {
            while (!stop) {
                static_cast<void>(
                    Client(service.path()).log_in(hello_for(name, "su", ""), {wrong_recovery_code}));
                ++guesses;
            }
        });
    }
    while (guesses < terminals)
        std::this_thread::yield();
    unsigned accepted = 0;
    for (const Secret& code : enrolled.recovery_codes) {
        Client client(service.path());
        if (client.log_in(hello_for(name, "su", ""), {std::string(code.text())}) == Verdict::accepted)
            ++accepted;
    }
    stop = true;
    guessing.clear();
    EXPECT_GE(accepted, 9U) << "of " << codes << ", beside " << guesses << " wrong ones";
    const State state = service.installation.account(own_name()).state;
    EXPECT_EQ(state.strangers.count, 0U);
    EXPECT_EQ(state.own_uid.count, 0U);
}

}  // namespace
}  // namespace secondstep::testing
