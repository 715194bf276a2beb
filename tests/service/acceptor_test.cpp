// One event of the acceptor, on the thread of the test.
#include "secondstepd/acceptor.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <vector>

#include "process/listening_socket.h"
#include "service/client.h"
#include "service/in_process_service.h"

namespace secondstep::testing {
namespace {

using namespace std::chrono_literals;

bool has_event(const Client& client, short event) {
    pollfd ready{.fd = client.fd(), .events = event, .revents = 0};
    return ::poll(&ready, 1, 0) == 1 && (ready.revents & event) != 0;
}

class AcceptorTest : public ::testing::Test {
  protected:
    AcceptorTest() { acceptor_->listen(acceptor_); }
    ~AcceptorTest() override { loop_.end_all(); }

    static InProcessService::Shape shape() {
        InProcessService::Shape shape;
        shape.threads = 0;
        shape.configuration = "action = require\n";
        return shape;
    }
    void connect(std::size_t count) {
        while (clients_.size() < count)
            clients_.emplace_back(socket_.path());
    }
    [[nodiscard]] std::size_t hung_up() const {
        return static_cast<std::size_t>(
            std::ranges::count_if(clients_, [](const Client& client) { return has_event(client, POLLHUP); }));
    }

    InProcessService service_{shape()};
    service::EventLoop loop_{[](const std::exception& e) { ADD_FAILURE() << e.what(); }};
    service::Sessions sessions_{loop_, service_.context()};
    process::ListeningSocket socket_ =
        std::move(*process::ListeningSocket::bind_to(service_.installation.file("other.sock")));
    service::Limits none_{{.per_user = 0, .per_trusted = 0, .total = 0}};
    service::Limits two_{{.per_user = 2, .per_trusted = 2, .total = 100}};
    std::shared_ptr<service::Acceptor> acceptor_ =
        std::make_shared<service::Acceptor>(socket_.get(), service_.limits, sessions_);
    std::vector<Client> clients_;
};

// Somebody who connects again and again, over the limit: whoever was accepted before them on the same thread
// would wait for as long as they go on, and the thread would be taken for one that hangs.
TEST_F(AcceptorTest, AThreadThatTurnsManyAwayComesRoundAllTheSame) {
    acceptor_->on_end();
    acceptor_ = std::make_shared<service::Acceptor>(socket_.get(), none_, sessions_);
    acceptor_->listen(acceptor_);
    constexpr std::size_t told_why = 4;
    connect(100);
    acceptor_->on_ready();
    EXPECT_LE(hung_up(), 16U) << "in one event";
    while (hung_up() < clients_.size() - told_why)
        ASSERT_TRUE(loop_.serve_one(180s));
}

// Whoever has subordinate uids could hold eight with each of 65536.
TEST_F(AcceptorTest, TheUidsThatOneAccountMayTakeHaveOneShare) {
    if (!is_root()) GTEST_SKIP() << "needs root: callers of several uids";
    acceptor_->on_end();
    const std::string subuid = service_.installation.file("subuid");
    std::ofstream(subuid) << "alice:100000:65536\nbob:200000:10\nalice:300000:10\n";
    acceptor_ = std::make_shared<service::Acceptor>(socket_.get(), two_, sessions_, subuid);
    // Of this thread only: who connects is who it is at that moment.
    const auto connect_as = [&](uid_t uid) {
        ASSERT_EQ(::syscall(SYS_setresuid, -1, uid, -1), 0);
        connect(clients_.size() + 1);
        ASSERT_EQ(::syscall(SYS_setresuid, -1, 0, -1), 0);
    };
    for (const uid_t uid : {100'000U, 100'001U, 165'535U, 300'009U})
        connect_as(uid);
    acceptor_->on_ready();
    EXPECT_EQ(two_.held(), 2U) << "of alice";
    for (const uid_t uid : {200'000U, 200'001U, 200'002U, 165'536U})
        connect_as(uid);
    acceptor_->on_ready();
    EXPECT_EQ(two_.held(), 5U) << "two of bob, and one of who is nobody's";
}

// The look-up may last for ever, and nobody has begun with those who were accepted together.
TEST_F(AcceptorTest, WhoIsAcceptedComesBeforeTheLookUpsOfOthers) {
    connect(3);
    for (Client& client : clients_)
        client.send(hello_for("nobody-of-that-name"));
    bool first_was_asked = false;
    bool looked_up = false;
    ASSERT_TRUE(sessions_.lookups().wait({.uid = 0, .rank = service::Limits::Rank::root}, acceptor_,
                                         [&](service::Lookups::Turn) {
                                             looked_up = true;
                                             first_was_asked = has_event(clients_.front(), POLLIN);
                                         }));
    acceptor_->on_ready();
    EXPECT_TRUE(looked_up);
    EXPECT_TRUE(first_was_asked);
    while (!std::ranges::all_of(clients_, [](const Client& client) { return has_event(client, POLLIN); }))
        ASSERT_TRUE(loop_.serve_one(180s));
}

}  // namespace
}  // namespace secondstep::testing
