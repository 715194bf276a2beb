// One conversation and many, through two real relays.
#include <gmock/gmock.h>

#include <chrono>

#include "relay/played_service.h"
#include "relay/relay_world.h"
#include "relay/speech.h"

namespace secondstep::testing {
namespace {

using relay::Said;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

// A host is "ready" as soon as its first attempt has come to something, which may be that its node does not listen yet:
// who wants an answer waits until the node is asked.
class CarriedConversation : public ::testing::Test {
  protected:
    RelayWorld world_;
    RelayWorld::Machine node_ = world_.node("auth1");
    RelayWorld::Machine host_ = world_.host("web01", {node_});
};

TEST_F(CarriedConversation, GoesThroughBothRelaysAndBack) {
    const PlayedService service(node_.socket);
    RelayProcess node(node_.config);
    node.await_line("is ready");
    RelayProcess host(host_.config);
    host.await_line("is asked from now on");
    PacketPeer talk(host_.socket);
    talk.send(open_of("alice", "hello from web01"));
    EXPECT_EQ(said(talk.receive()), "hello from web01");
    talk.send(answer_of("123456"));
    EXPECT_EQ(said(talk.receive()), "123456");
    const auto froms = service.conversations();
    ASSERT_EQ(froms.size(), 1U);
    EXPECT_EQ(froms.front().certificate, fingerprint_of(host_.certificate));
    EXPECT_EQ(froms.front().address, "127.0.0.1");
    EXPECT_THAT(node.log(), HasSubstr("secondstep-relay"));
    EXPECT_EQ(host.end(), 0);
    EXPECT_EQ(node.end(), 0);
}

TEST_F(CarriedConversation, OfTheLargestSize) {
    const PlayedService service(node_.socket);
    RelayProcess node(node_.config);
    RelayProcess host(host_.config);
    host.await_line("is asked from now on");
    PacketPeer talk(host_.socket);
    relay::Open open = open_of(std::string(relay::max_account, 'a'), std::string(relay::max_packet, 'h'));
    open.introduction.resize(relay::max_introduction);
    talk.send(std::move(open));
    EXPECT_EQ(said(talk.receive()), std::string(relay::max_packet, 'h'));
}

TEST_F(CarriedConversation, ManyAtOnceAreNotMixedUp) {
    const PlayedService service(node_.socket);
    RelayProcess node(node_.config);
    RelayProcess host(host_.config);
    host.await_line("is asked from now on");
    std::vector<PacketPeer> talks;
    for (int i = 0; i < 200; ++i) {
        talks.emplace_back(host_.socket);
        talks.back().send(open_of("user" + std::to_string(i), "hello " + std::to_string(i)));
    }
    for (int i = 0; i < 200; ++i)
        EXPECT_EQ(said(talks[static_cast<std::size_t>(i)].receive()), "hello " + std::to_string(i));
    for (int round = 0; round < 5; ++round) {
        for (int i = 0; i < 200; ++i)
            talks[static_cast<std::size_t>(i)].send(answer_of(std::to_string(1000 * round + i)));
        for (int i = 199; i >= 0; --i)
            EXPECT_EQ(said(talks[static_cast<std::size_t>(i)].receive()), std::to_string(1000 * round + i));
    }
}

TEST_F(CarriedConversation, EndsOnBothSidesWhenTheServiceOfTheNodeHangsUp) {
    const PlayedService service(node_.socket, [](PlayedService::Visit& visit) {
        if (!std::holds_alternative<relay::Open>(visit.first)) return PlayedService::answer_as_usual(visit);
        visit.peer.send(Said{Secret::copy_of("the verdict")});
    });
    RelayProcess node(node_.config);
    RelayProcess host(host_.config);
    host.await_line("is asked from now on");
    PacketPeer talk(host_.socket);
    talk.send(open_of("alice"));
    EXPECT_EQ(said(talk.receive()), "the verdict");
    EXPECT_EQ(said(talk.receive()), "(hung up)");
}

// The kernel tells an end that hung up with something unread before what that end had said.
TEST_F(CarriedConversation, HasItsVerdictAlsoFromAServiceThatHasNotReadAll) {
    const PlayedService service(node_.socket, [](PlayedService::Visit& visit) {
        if (!std::holds_alternative<relay::Open>(visit.first)) return PlayedService::answer_as_usual(visit);
        visit.peer.await_packet();  // which nobody reads
        visit.peer.send(Said{Secret::copy_of("the verdict")});
    });
    RelayProcess node(node_.config);
    RelayProcess host(host_.config);
    host.await_line("is asked from now on");
    for (int i = 0; i < 50; ++i) {
        PacketPeer talk(host_.socket);
        talk.send(open_of("alice"));
        talk.send(answer_of("123456"));
        ASSERT_EQ(said(talk.receive()), "the verdict");
        ASSERT_EQ(said(talk.receive()), "(hung up)");
    }
}

TEST_F(CarriedConversation, IsLostAtOnceWhereNoNodeIsUp) {
    RelayProcess host(host_.config);
    host.await_line("is ready");
    const auto begun = steady_clock::now();
    PacketPeer talk(host_.socket);
    talk.send(open_of("alice"));
    EXPECT_EQ(said(talk.receive()), "(lost 1)");
    EXPECT_LT(steady_clock::now() - begun, milliseconds{100});
    EXPECT_EQ(said(talk.receive()), "(hung up)");
    EXPECT_THAT(host.log(), HasSubstr("Node auth1 (127.0.0.1:" + std::to_string(node_.port) +
                                      ") is not asked: it cannot be reached: Connection refused"));
}

TEST_F(CarriedConversation, WaitsAtTheStartUntilANodeWasAsked) {
    const PlayedService service(node_.socket);
    RelayProcess node(node_.config);
    node.await_line("is ready");
    // The socket is there before any node can be: whoever comes then is not told that all are down.
    const RelayProcess host(host_.config);
    for (;;) {
        try {
            PacketPeer talk(host_.socket);
            talk.send(open_of("alice", "early"));
            EXPECT_EQ(said(talk.receive()), "early");
            break;
        } catch (const std::runtime_error&) {
            std::this_thread::yield();
        }
    }
}

TEST_F(CarriedConversation, BeginsWithOpenAndGoesOnWithAnswers) {
    const PlayedService service(node_.socket);
    RelayProcess node(node_.config);
    RelayProcess host(host_.config);
    host.await_line("is asked from now on");
    PacketPeer garbage(host_.socket);
    garbage.send_bytes(as_bytes("nonsense"));
    EXPECT_EQ(said(garbage.receive()), "(lost 4)");
    PacketPeer wrong(host_.socket);
    wrong.send(answer_of("123456"));
    EXPECT_EQ(said(wrong.receive()), "(lost 4)");
    PacketPeer later(host_.socket);
    later.send(open_of("alice"));
    EXPECT_EQ(said(later.receive()), "hello");
    later.send(relay::From{});
    EXPECT_EQ(said(later.receive()), "(hung up)");
    PacketPeer whole(host_.socket);
    whole.send(open_of("alice", "still there"));
    EXPECT_EQ(said(whole.receive()), "still there");
}

}  // namespace
}  // namespace secondstep::testing
