// Memory is lacking once, at each place where a login wants some: that costs the login, and nothing is kept
// back.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <memory>

#include "process/listening_socket.h"
#include "secondstepd/acceptor.h"
#include "secondstepd/once.h"
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
    // What the heartbeat does. Until nobody is served any more: a worker's job may take long on a busy machine, and
    // nothing comes meanwhile.
    void serve_until_all_have_left() {
        const auto end = std::chrono::steady_clock::now() + 60s;
        do {
            try {
                acceptor_->listen(acceptor_);
                sessions_.flush_journal();
            } catch (const std::exception&) {
            }
            static_cast<void>(loop_.serve_one(100ms));
        } while (service_.limits.held() > 0 && std::chrono::steady_clock::now() < end);
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
    EXPECT_GT(when, 20U) << "the logins have wanted memory";
}

// `--once`: the process may have no memory as well, and its login is told so.
TEST(NoMemoryOfOnce, CostsNoLoginItsVerdict) {
    InProcessService::Shape shape;
    shape.threads = 0;
    shape.configuration = "action = require\n";
    InProcessService service(shape);
    service.installation.enroll_self();
    const auto settings = service.context().settings.get();
    unsigned when = 0;
    bool failed = true;
    while (failed) {
        std::array<int, 2> ends{};
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
        Client client{UniqueFd(ends[0])};
        const UniqueFd its(ends[1]);
        client.send(hello_for(own_name()));
        client.answer_nothing();
        const dialogue::Ports ports = service::ports_of(*settings, service.context());
        {
            const FailingAllocation fault(++when);
            static_cast<void>(service::serve_once(its.get(), *settings, ports, {}));
            failed = FailingAllocation::has_failed();
        }
        ASSERT_NO_THROW(while (client.next_question()){}) << "after the allocation " << when;
        EXPECT_NE(client.verdict(), Verdict::accepted);
    }
    EXPECT_GT(when, 20U) << "the login has wanted memory";
}

}  // namespace
}  // namespace secondstep::testing
