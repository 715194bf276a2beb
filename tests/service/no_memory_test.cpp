// Memory is lacking once, at each place where a login wants some: that costs the login, and nothing is kept
// back.
#include <gtest/gtest.h>

#include <memory>

#include "process/listening_socket.h"
#include "secondstepd/acceptor.h"
#include "service/client.h"
#include "service/in_process_service.h"
#include "support/failing_allocation.h"

namespace secondstep::testing {
namespace {

using namespace std::chrono_literals;

class NoMemory : public ::testing::Test {
  protected:
    ~NoMemory() override { loop_.end_all(); }

    static InProcessService::Shape shape() {
        InProcessService::Shape shape;
        shape.threads = 0;
        shape.configuration = "action = require\n";
        shape.timeouts.hello = shape.timeouts.answer = 100ms;
        return shape;
    }
    // What the heartbeat does. Until nobody is served any more, or nothing comes for a while.
    void serve_until_all_have_left() {
        do {
            try {
                acceptor_->listen(acceptor_);
                sessions_.flush_journal();
            } catch (const std::exception&) {
            }
        } while (loop_.serve_one(500ms) && service_.limits.held() > 0);
    }
    [[nodiscard]] bool log_in_two(unsigned when) {
        Client first(socket_.path());
        Client second(socket_.path());
        for (Client* const client : {&first, &second}) {
            client->send(hello_for(own_name()));
            client->answer_nothing();
        }
        const FailingAllocation fault(when);
        serve_until_all_have_left();
        return FailingAllocation::has_failed();
    }

    InProcessService service_{shape()};
    service::EventLoop loop_{[](const std::exception&) {}};
    service::Sessions sessions_{loop_, service_.context()};
    process::ListeningSocket socket_ =
        std::move(*process::ListeningSocket::bind_to(service_.installation.file("other.sock")));
    std::shared_ptr<service::Acceptor> acceptor_ =
        std::make_shared<service::Acceptor>(socket_.get(), service_.limits, sessions_);
};

TEST_F(NoMemory, CostsNobodyButTheLoginTheirPlace) {
    service_.installation.enroll_self();
    unsigned when = 1;
    while (log_in_two(when)) {
        serve_until_all_have_left();
        ASSERT_EQ(service_.limits.held(), 0U) << "after the allocation " << when;
        ++when;
    }
    EXPECT_GT(when, 50U) << "the logins have wanted memory";
}

}  // namespace
}  // namespace secondstep::testing
