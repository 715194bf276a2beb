// Look-ups run on the threads of the event loop: what a name service that does not answer may cost.
#include <gtest/gtest.h>
#include <pwd.h>

#include <chrono>
#include <future>
#include <string>
#include <vector>

#include "secondstepd/lookups.h"
#include "service/client.h"
#include "service/in_process_service.h"

namespace secondstep::testing {
namespace {

using namespace std::chrono_literals;
using Shape = InProcessService::Shape;

// How many look-ups of whoever runs the tests may run at once.
std::size_t most_of_ours() {
    return is_root() ? service::Lookups::most : service::Lookups::most_of_a_user;
}

TEST(HangingNameService, MakesOneLoginUnavailableAndHoldsUpNobody) {
    Shape shape;
    shape.timeouts.lookup = 2s;
    InProcessService service(shape);
    const auto enrolled = service.installation.enroll_self();
    Client slow(service.path());
    slow.send(hello_for("slow"));
    service.name_service.await_question();
    // It fills one thread; the others go on.
    EXPECT_EQ(Client(service.path()).log_in(hello_for(own_name()), {code_of(enrolled.key)}),
              Verdict::accepted);
    EXPECT_FALSE(slow.next_question());
    EXPECT_EQ(slow.verdict(), Verdict::unavailable);
    service.name_service.release();
}

// Every look-up that may run at once hangs, and more wait behind them: that costs those logins, each after its
// two seconds, and nobody else. One thread is enough for everybody else.
TEST(HangingNameService, ForAllHoldsUpOnlyWhoHasToBeLookedUp) {
    constexpr std::size_t behind_them = 3;
    Shape shape;
    shape.threads = 1;
    shape.timeouts.lookup = 2s;
    shape.configuration = "action = require\n";
    InProcessService service(shape);
    const auto enrolled = service.installation.enroll_self();
    Client at_prompt(service.path());
    at_prompt.send(hello_for(own_name()));
    ASSERT_TRUE(at_prompt.next_question());
    std::vector<Client> hanging;
    for (std::size_t i = 0; i < most_of_ours() + behind_them; ++i) {
        hanging.emplace_back(service.path());
        hanging.back().send(hello_for("slow-" + std::to_string(i)));
    }
    service.name_service.await_questions(most_of_ours());
    at_prompt.answer(code_of(enrolled.key));
    EXPECT_FALSE(at_prompt.next_question());
    EXPECT_EQ(at_prompt.verdict(), Verdict::accepted);
    for (Client& client : hanging) {
        EXPECT_FALSE(client.next_question());
        EXPECT_EQ(client.verdict(), Verdict::unavailable);
    }
    service.name_service.release();
    EXPECT_EQ(Client(service.path()).log_in(hello_for("nobody-of-that-name"), {}), Verdict::cancelled)
        << "and it is as it was before";
}

// For an account of this machine no directory has to be asked, so its owner does not wait behind those who wait for
// one.
TEST(HangingNameService, ForAllHoldsUpNoAccountOfThisMachine) {
    Shape shape;
    shape.threads = 1;
    InProcessService service(shape);
    const auto enrolled = service.installation.enroll_self();
    std::vector<Client> hanging;
    for (std::size_t i = 0; i < most_of_ours(); ++i) {
        hanging.emplace_back(service.path());
        hanging.back().send(hello_for("slow-" + std::to_string(i)));
    }
    service.name_service.await_questions(most_of_ours());
    std::future<Verdict> login = std::async(std::launch::async, [&] {
        return Client(service.path()).log_in(hello_for(own_name()), {code_of(enrolled.key)});
    });
    EXPECT_EQ(login.wait_for(10s), std::future_status::ready);
    service.name_service.release();
    EXPECT_EQ(login.get(), Verdict::accepted);
}

// Those who hang, and those who wait behind them, had their verdict: they hold nothing but their look-ups.
TEST(HangingNameService, KeepsNobodysPlaceWhoIsGone) {
    constexpr std::size_t behind_them = 3;
    Shape shape;
    shape.threads = 1;
    shape.timeouts.lookup = 200ms;
    shape.configuration = "action = require\n";
    InProcessService service(shape);
    std::vector<Client> hanging;
    for (std::size_t i = 0; i < most_of_ours() + behind_them; ++i) {
        hanging.emplace_back(service.path());
        hanging.back().send(hello_for("slow-" + std::to_string(i)));
    }
    for (Client& client : hanging)
        EXPECT_FALSE(client.next_question());
    service.await_held(0);
    service.name_service.release();
}

// Anybody may ask about any name, and will be refused after the look-up only.
TEST(HangingNameService, ForOneUserHoldsUpNobodyElse) {
    if (!is_root()) GTEST_SKIP() << "needs root: callers of two uids";
    constexpr uid_t user = 65534;
    Shape shape;
    shape.threads = 1;
    shape.configuration = "action = require\n";
    InProcessService service(shape);
    std::future<int> asks = std::async(std::launch::async, [&] {
        return in_child_as(user, [&] {
            std::vector<Client> all;
            for (std::size_t i = 0; i < service::Lookups::most; ++i) {
                all.emplace_back(service.path());
                all.back().send(hello_for("slow-" + std::to_string(i)));
            }
            for (Client& client : all)
                static_cast<void>(client.next_question());
            return 0;
        });
    });
    service.await_held(service::Lookups::most);
    service.name_service.await_questions(service::Lookups::most_of_a_user);
    Client other(service.path());
    other.send(hello_for("nobody-of-that-name"));
    EXPECT_TRUE(other.next_question());
    service.name_service.release();
    EXPECT_EQ(asks.get(), 0);
}

// A look-up whose turn comes in time: behind those that hang, when they come back.
TEST(HangingNameService, GivesWhoWaitsForTheirTurnTheirAnswerInTheEnd) {
    Shape shape;
    shape.threads = 1;
    shape.configuration = "action = require\n";
    InProcessService service(shape);
    std::vector<Client> waiting;
    for (std::size_t i = 0; i < most_of_ours() + 3; ++i) {
        waiting.emplace_back(service.path());
        waiting.back().send(hello_for("slow-" + std::to_string(i)));
    }
    service.name_service.await_questions(most_of_ours());
    service.name_service.release();
    for (Client& client : waiting)
        EXPECT_TRUE(client.next_question()) << service.log();
}

// Whoever logs in was answered from memory a moment ago; the name that they had before is another question.
TEST(HangingNameService, AboutAnEarlierNameHoldsUpNobody) {
    Shape shape;
    shape.threads = 1;
    shape.configuration = "action = allow\n";
    InProcessService service(shape);
    const std::string renamed = is_root() ? "nobody" : own_name();
    service.installation.enroll("slow", ::getpwnam(renamed.c_str())->pw_uid);
    Client slow(service.path());
    slow.send(hello_for(renamed));
    service.name_service.await_question();
    std::future<Verdict> other = std::async(std::launch::async, [&] {
        return Client(service.path()).log_in(hello_for("nobody-of-that-name"), {});
    });
    EXPECT_EQ(other.wait_for(180s), std::future_status::ready)
        << "the only thread waits for the name service";
    service.name_service.release();
}

TEST(HangingNameService, IsPassedOverWhenItAnswersAfterTheEnd) {
    Shape shape;
    shape.timeouts.lookup = 1ms;
    InProcessService service(shape);
    Client slow(service.path());
    slow.send(hello_for("slow"));
    EXPECT_FALSE(slow.next_question());
    service.name_service.release();
    EXPECT_TRUE(slow.hangs_up());
}

}  // namespace
}  // namespace secondstep::testing
