#include "secondstepd/service_context.h"

#include <gtest/gtest.h>

#include <future>
#include <string>

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

}  // namespace
}  // namespace secondstep::testing
