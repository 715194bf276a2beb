// Nodes that die, hang, cannot judge, or do not know the host: what a host is told, and how soon.
#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <thread>

#include "relay/played_service.h"
#include "relay/relay_world.h"
#include "relay/speech.h"

namespace secondstep::testing {
namespace {

using relay::Said;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

class LostNode : public ::testing::Test {
  protected:
    [[nodiscard]] std::string first_word(const std::string& account = "alice") const {
        PacketPeer talk(host_.socket);
        talk.send(open_of(account));
        return said(talk.receive());
    }
    // The first one that is another.
    [[nodiscard]] std::string word_after(const std::string& word) const {
        for (;;) {
            if (std::string next = first_word(); next != word) return next;
            std::this_thread::sleep_for(between_looks);
        }
    }

    // A service that knows web01 as long as `known` says so.
    static auto who_may_know(const std::atomic<bool>& known) {
        return [&known](PlayedService::Visit& visit) {
            if (!std::holds_alternative<relay::StandingAsked>(visit.first))
                return PlayedService::answer_as_usual(visit);
            visit.peer.send(relay::Standing{known, known ? "web01" : ""});
        };
    }

    static constexpr milliseconds between_looks{20};
    RelayWorld world_;
    RelayWorld::Machine node_ = world_.node("auth1");
    RelayWorld::Machine host_ = world_.host("web01", {node_});
};

TEST_F(LostNode, ThatDiesEndsItsConversationsAndIsAskedAgainWhenItIsBack) {
    const PlayedService service(node_.socket);
    auto node = std::make_unique<RelayProcess>(node_.config);
    RelayProcess host(host_.config);
    host.await_line("is asked from now on");
    PacketPeer one(host_.socket);
    PacketPeer two(host_.socket);
    one.send(open_of("alice"));
    two.send(open_of("bob"));
    EXPECT_EQ(said(one.receive()), "hello");
    EXPECT_EQ(said(two.receive()), "hello");
    node->signal(SIGKILL);
    EXPECT_EQ(said(one.receive()), "(lost 2)");
    EXPECT_EQ(said(two.receive()), "(lost 2)");
    EXPECT_EQ(said(one.receive()), "(hung up)");
    EXPECT_EQ(first_word(), "(lost 1)");
    node = std::make_unique<RelayProcess>(node_.config);
    host.await_line("is asked from now on");
    EXPECT_EQ(first_word(), "hello");
}

TEST_F(LostNode, ThatHangsIsNotAskedAfterTwoPings) {
    const PlayedService service(node_.socket);
    RelayProcess node(node_.config);
    RelayProcess host(host_.config);
    host.await_line("is asked from now on");
    PacketPeer talk(host_.socket);
    talk.send(open_of("alice"));
    EXPECT_EQ(said(talk.receive()), "hello");
    node.signal(SIGSTOP);
    const auto stopped = steady_clock::now();
    EXPECT_EQ(said(talk.receive()), "(lost 2)");
    const auto passed = steady_clock::now() - stopped;
    EXPECT_GT(passed, milliseconds{900}) << "one late answer is no death";
    EXPECT_LT(passed, milliseconds{3500});
    const auto begun = steady_clock::now();
    EXPECT_EQ(first_word(), "(lost 1)");
    EXPECT_LT(steady_clock::now() - begun, milliseconds{100});
    host.await_line("it has not answered two pings");
    node.signal(SIGCONT);
    host.await_line("is asked from now on");
    EXPECT_EQ(first_word(), "hello");
}

// Only then a host asks for codes of its own: what a node that restarts is away for is no reason.
TEST_F(LostNode, IsSaidToBeDownAfterThreeSecondsAndNotWhenItIsBack) {
    const PlayedService service(node_.socket);
    auto node = std::make_unique<RelayProcess>(node_.config);
    RelayProcess host(host_.config);
    host.await_line("is asked from now on");
    EXPECT_EQ(first_word(), "hello");
    const auto killed = steady_clock::now();
    node->signal(SIGKILL);
    host.await_line("is not asked");
    EXPECT_EQ(first_word(), "(lost 1)");
    EXPECT_EQ(word_after("(lost 1)"), "(lost 5)");
    EXPECT_GE(steady_clock::now() - killed, seconds{3});
    EXPECT_LT(steady_clock::now() - killed, seconds{8});
    node = std::make_unique<RelayProcess>(node_.config);
    host.await_line("is asked from now on");
    EXPECT_EQ(first_word(), "hello");
}

TEST_F(LostNode, ThatSaysItDoesNotKnowTheHostIsNotDown) {
    std::atomic<bool> known = true;
    const PlayedService service(node_.socket, who_may_know(known));
    RelayProcess node(node_.config);
    RelayProcess host(host_.config);
    host.await_line("is asked from now on");
    known = false;
    host.await_line("it does not know this host (any more)");
    const auto told = steady_clock::now();
    while (steady_clock::now() - told < milliseconds{3'500}) {
        ASSERT_EQ(first_word(), "(lost 3)");
        std::this_thread::sleep_for(between_looks);
    }
}

TEST_F(LostNode, WithoutItsServiceIsNotAskedAndStaysConnected) {
    RelayProcess node(node_.config);
    node.await_line("is ready");  // otherwise the first attempt finds nobody, and the host is ready before
    RelayProcess host(host_.config);
    host.await_line("its service is away");
    host.await_line("is ready");
    EXPECT_EQ(first_word(), "(lost 1)");
    const PlayedService service(node_.socket);
    host.await_line("is asked from now on");
    EXPECT_EQ(first_word(), "hello");
    EXPECT_THAT(node.log(), Not(HasSubstr("disconnected")));
}

TEST_F(LostNode, WhoseServiceDoesNotAnswerIsNotAsked) {
    const PlayedService service(node_.socket, [](PlayedService::Visit& visit) {
        static_cast<void>(visit.peer.receive());  // until the relay gives up
    });
    RelayProcess node(node_.config);
    RelayProcess host(host_.config);
    host.await_line("is ready");
    EXPECT_EQ(first_word(), "(lost 1)");
}

TEST_F(LostNode, ThatDoesNotKnowTheHostAnyMoreHangsUpWithinTwoSeconds) {
    std::atomic<bool> known = true;
    const PlayedService service(node_.socket, who_may_know(known));
    RelayProcess node(node_.config);
    RelayProcess host(host_.config);
    host.await_line("is asked from now on");
    PacketPeer talk(host_.socket);
    talk.send(open_of("alice"));
    EXPECT_EQ(said(talk.receive()), "hello");
    known = false;
    const auto dropped = steady_clock::now();
    EXPECT_EQ(said(talk.receive()), "(lost 3)");
    EXPECT_LT(steady_clock::now() - dropped, seconds{2});
    EXPECT_EQ(first_word(), "(lost 3)") << "and whoever comes later hears the same";
    host.await_line("it does not know this host (any more)");
    node.await_line("it is no host of the fleet (any more)");
    known = true;
    host.await_line("is asked from now on");
    EXPECT_EQ(first_word(), "hello");
}

// What was so once, before it joined again, is not said when the node's service is away later.
TEST_F(LostNode, ThatKnowsTheHostAgainIsOneWhoseServiceIsAway) {
    std::atomic<bool> known = false;
    auto service = std::make_unique<PlayedService>(node_.socket, who_may_know(known));
    RelayProcess node(node_.config);
    RelayProcess host(host_.config);
    host.await_line("it does not know this host (any more)");
    known = true;
    host.await_line("is asked from now on");
    EXPECT_EQ(first_word(), "hello");
    service.reset();
    host.await_line("its service is away");
    EXPECT_EQ(first_word(), "(lost 1)");
}

// Only as long as it answers: then somebody has to get in all the same.
TEST_F(LostNode, ThatDoesNotKnowTheHostAndThenIsDownIsDown) {
    std::atomic<bool> known = false;
    const PlayedService service(node_.socket, who_may_know(known));
    auto node = std::make_unique<RelayProcess>(node_.config);
    RelayProcess host(host_.config);
    host.await_line("it does not know this host (any more)");
    EXPECT_EQ(first_word(), "(lost 3)");
    node->signal(SIGKILL);
    node.reset();
    // What is told changes with time alone: nothing happens in between that could be waited for.
    while (first_word() != "(lost 5)")
        std::this_thread::sleep_for(between_looks);
}

// The registry that cannot be read says nothing about anybody.
TEST_F(LostNode, ThatCannotTellWhoseACertificateIsKeepsTheConnection) {
    std::atomic<bool> readable = true;
    const PlayedService service(node_.socket, [&](PlayedService::Visit& visit) {
        if (readable || !std::holds_alternative<relay::StandingAsked>(visit.first))
            return PlayedService::answer_as_usual(visit);
        visit.peer.send(relay::Refused{"the registry cannot be read"});
    });
    RelayProcess node(node_.config);
    RelayProcess host(host_.config);
    host.await_line("is asked from now on");
    PacketPeer talk(host_.socket);
    talk.send(open_of("alice"));
    EXPECT_EQ(said(talk.receive()), "hello");
    readable = false;
    host.await_line("its service is away");
    talk.send(answer_of("123456"));
    EXPECT_EQ(said(talk.receive()), "123456");
    readable = true;
    host.await_line("is asked from now on");
}

TEST_F(LostNode, IsReplacedByTheOther) {
    const RelayWorld::Machine second = world_.node("auth2");
    const RelayWorld::Machine host = world_.host("web02", {node_, second});
    const PlayedService service(node_.socket);
    const PlayedService other(second.socket);
    RelayProcess one(node_.config);
    RelayProcess two(second.config);
    one.await_line("is ready");
    two.await_line("is ready");
    RelayProcess process(host.config);
    process.await_line("is asked from now on");
    process.await_line("is asked from now on");
    const auto ask = [&](const std::string& account) {
        PacketPeer talk(host.socket);
        talk.send(open_of(account));
        return said(talk.receive());
    };
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(ask("user" + std::to_string(i)), "hello");
    const std::size_t before = other.conversations().size();
    EXPECT_GT(before, 2U) << "each is asked for its own accounts";
    EXPECT_LT(before, 18U);
    one.signal(SIGKILL);
    process.await_line("Node auth1");
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(ask("user" + std::to_string(i)), "hello");
    EXPECT_EQ(other.conversations().size(), before + 20);
}

}  // namespace
}  // namespace secondstep::testing
