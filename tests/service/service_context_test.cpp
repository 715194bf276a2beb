#include "secondstepd/service_context.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "secondstepd/local_askers.h"
#include "service/in_process_service.h"

namespace secondstep::testing {
namespace {

using Kind = dialogue::Work::Kind;

// While nothing comes of a node: what waits for it.
class SlowNode : public ::testing::Test {
  protected:
    ~SlowNode() override { answers_.set_value(); }
    // More of one kind than there are threads, each from a place of its own.
    void let_a_crowd_wait(Kind kind) {
        for (int i = 0; i < 20; ++i) {
            ASSERT_TRUE(service::hand_over(service_.context(), kind, "place " + std::to_string(i),
                                           [answered = answered_] { answered.wait(); }));
        }
    }
    // Within 20 seconds.
    [[nodiscard]] bool is_served(Kind kind) {
        const auto served = std::make_shared<std::promise<void>>();
        const std::future<void> done = served->get_future();
        if (!service::hand_over(service_.context(), kind, "local/root", [served] { served->set_value(); }))
            return false;
        return done.wait_for(std::chrono::seconds{20}) == std::future_status::ready;
    }

    std::promise<void> answers_;
    const std::shared_future<void> answered_ = answers_.get_future().share();
    InProcessService service_;
};

TEST_F(SlowNode, ACrowdOfTheNetworkKeepsNobodyFromTheConsole) {
    let_a_crowd_wait(Kind::fleet);
    EXPECT_TRUE(is_served(Kind::fleet_local));
}

TEST_F(SlowNode, ACrowdAtTheMachineKeepsNobodyOfTheNetworkOut) {
    let_a_crowd_wait(Kind::fleet_local);
    EXPECT_TRUE(is_served(Kind::fleet));
}

// As many accounts as hold all threads where each has as many at once as the network's places have.
TEST(LocalAskers, TwoPeopleWithAShellKeepNobodyFromTheConsole) {
    service::Workers workers{{.threads = service::local_askers::threads, .queue = 256}};
    service::KeyedQueue askers{workers, service::local_askers::of_an_account};
    std::promise<void> answers;
    const std::shared_future<void> answered = answers.get_future().share();
    for (const char* account : {"local/mallory", "local/eve"}) {
        for (int i = 0; i < 20; ++i)
            ASSERT_TRUE(askers.submit(account, [answered] { answered.wait(); }));
    }
    const auto served = std::make_shared<std::promise<void>>();
    const std::future<void> done = served->get_future();
    EXPECT_TRUE(askers.submit("local/root", [served] { served->set_value(); }));
    EXPECT_EQ(done.wait_for(std::chrono::seconds{20}), std::future_status::ready);
    answers.set_value();
    EXPECT_TRUE(workers.finish(std::chrono::seconds{20}));
}

}  // namespace
}  // namespace secondstep::testing
