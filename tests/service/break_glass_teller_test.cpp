#include "secondstepd/break_glass_teller.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

#include "service/in_process_service.h"

namespace secondstep::testing {
namespace {

using service::BreakGlassTeller;

InProcessService::Shape on_a_host() {
    InProcessService::Shape shape;
    shape.configuration = "fleet = host\nfleet_nodes = auth1=192.0.2.1:7464\n";
    return shape;
}

class Teller : public ::testing::Test {
  protected:
    // Looks again and again, as the service does, until so many have been told.
    void look_until(unsigned count, BreakGlassTeller& teller) const {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (told_ < count) {
            ASSERT_LT(std::chrono::steady_clock::now(), end);
            teller.look();
            std::this_thread::yield();
        }
    }
    std::atomic<unsigned> told_ = 0;
    InProcessService service_{on_a_host()};
};

TEST_F(Teller, TellsAgainAfterSomethingWasThrown) {
    const auto teller = std::make_shared<BreakGlassTeller>(
        service_.context(),
        [this](const service::Settings&, service::SyslogJournal&) -> std::optional<std::string> {
            ++told_;
            throw std::runtime_error("no memory");
        });
    look_until(3, *teller);
    EXPECT_TRUE(service_.context().tellers.finish(std::chrono::seconds{20}));
    const unsigned before = told_;
    teller->look();  // refused: the workers have ended
    EXPECT_EQ(told_, before);
}

// It may hang for seconds where a node does, and so may they.
TEST_F(Teller, NeitherWaitsForLoginsNorTakesTheirThreads) {
    std::promise<void> gate;
    const std::shared_future<void> opened = gate.get_future().share();
    for (const char* who : {"one", "another"}) {
        ASSERT_TRUE(service_.context().askers.submit(who, [opened] { opened.wait(); }));
    }
    const auto teller = std::make_shared<BreakGlassTeller>(
        service_.context(),
        [this](const service::Settings&, service::SyslogJournal&) -> std::optional<std::string> {
            ++told_;
            return std::nullopt;
        });
    look_until(1, *teller);
    gate.set_value();
    EXPECT_TRUE(service_.context().tellers.finish(std::chrono::seconds{20}));
}

}  // namespace
}  // namespace secondstep::testing
