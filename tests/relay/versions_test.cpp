// Machines of a fleet that are not of one version: the present one and the one before it are spoken, whatever else is offered is
// refused, and both sides say so.
#include <gmock/gmock.h>

#include <chrono>
#include <string>
#include <vector>

#include "paths.h"
#include "relay/fleet_peer.h"
#include "relay/played_service.h"
#include "relay/relay_world.h"
#include "relay/speech.h"

namespace secondstep::testing {
namespace {

using relay::Carried;
using relay::NodesAsked;
using relay::NodesSeen;
using relay::Ping;
using relay::Pong;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr const char* too_old = "secondstep-fleet/2";
constexpr const char* before = "secondstep-fleet/3";
constexpr const char* present = "secondstep-fleet/4";
constexpr const char* future = "secondstep-fleet/5";
constexpr const char* clear_line =
    "it speaks no version of the fleet's protocol that this machine knows (secondstep-fleet/4 and "
    "secondstep-fleet/3): upgrade the older of the two";

// A host of some version at a real node.
class NodeAmongVersions : public ::testing::Test {
  protected:
    NodeAmongVersions() { process_.await_line("is ready"); }
    [[nodiscard]] FleetPeer host_that_offers(std::vector<std::string> protocols) {
        return FleetPeer(node_.port, {.own = world_.authority().issue("web01", FleetAuthority::For::host),
                                      .protocols = std::move(protocols)});
    }
    [[nodiscard]] static Pong pong_for(FleetPeer& host) {
        host.send(Ping{});
        return std::get<Pong>(host.receive().value());
    }
    static void expect_served(FleetPeer& host) {
        host.send(Carried{1, relay::encode(open_of("alice")).value()});
        const auto answer = host.receive();
        ASSERT_TRUE(answer);
        EXPECT_EQ(said(relay::decode(std::get<Carried>(*answer).envelope.bytes()).value()), "hello");
    }

    RelayWorld world_;
    RelayWorld::Machine node_ = world_.node("auth1");
    PlayedService service_{node_.socket};
    RelayProcess process_{node_.config};
};

TEST_F(NodeAmongVersions, SpeaksTheNewestThatBothKnow) {
    EXPECT_EQ(host_that_offers({before, present}).protocol(), present);
    EXPECT_EQ(host_that_offers({future, present, before}).protocol(), present);
    EXPECT_EQ(host_that_offers({future, before}).protocol(), before);
}

TEST_F(NodeAmongVersions, ServesAHostOfTheVersionBefore) {
    FleetPeer host = host_that_offers({before});
    EXPECT_TRUE(pong_for(host).can_judge);
    EXPECT_TRUE(pong_for(host).clock) << "which it knows";
    expect_served(host);
}

TEST_F(NodeAmongVersions, HangsUpOnAHostThatDescribesItselfInAVersionThatHasNoWordForIt) {
    FleetPeer host = host_that_offers({before});
    host.send(Ping{relay::OwnWord{{}, "1"}});
    EXPECT_TRUE(host.is_hung_up_on());
    process_.await_line("it sent what its version does not know");
    FleetPeer another = host_that_offers({present});
    another.send(Ping{relay::OwnWord{{}, "1"}});
    EXPECT_TRUE(std::holds_alternative<Pong>(another.receive().value())) << "the control";
}

TEST_F(NodeAmongVersions, TellsAHostOfTheSameVersionTheTime) {
    FleetPeer host = host_that_offers({present});
    const auto clock = pong_for(host).clock;
    ASSERT_TRUE(clock);
    EXPECT_LT(std::chrono::abs(std::chrono::system_clock::now() - *clock), seconds{30});
    expect_served(host);
}

TEST_F(NodeAmongVersions, RefusesAHostOfALaterOrAnOlderVersionAloneAndSaysWhy) {
    EXPECT_FALSE(host_that_offers({too_old}).shook_hands());
    EXPECT_FALSE(host_that_offers({future}).shook_hands());
    process_.await_line(clear_line);
    EXPECT_THAT(process_.log(), HasSubstr("Somebody from 127.0.0.1 is disconnected: "));
}

// A real host at a node of some version.
class HostAmongVersions : public ::testing::Test {
  protected:
    [[nodiscard]] FleetPeer node_that_speaks(const char* protocol) {
        return FleetPeer(accept_one(listener_), world_.authority().issue("auth1", FleetAuthority::For::node),
                         world_.authority().certificate(), protocol);
    }
    [[nodiscard]] relay::NodeSeen seen() const {
        PacketPeer asking(host_.socket);
        asking.send(NodesAsked{});
        const auto answer = asking.receive();
        const auto& nodes = std::get<NodesSeen>(answer.value()).nodes;
        EXPECT_EQ(nodes.size(), 1U);
        return nodes.at(0);
    }
    void expect_asked(FleetPeer& node) {
        PacketPeer talk(host_.socket);
        talk.send(open_of("alice"));
        const auto open = node.receive();
        ASSERT_TRUE(open);
        EXPECT_EQ(std::get<Carried>(*open).conversation, 1U);
        node.send(Carried{1, relay::encode(relay::Said{Secret::copy_of("well")}).value()});
        EXPECT_EQ(said(talk.receive()), "well");
    }
    // With an answer that the service of the host gives 4321 ms.
    [[nodiscard]] std::optional<milliseconds> time_left_told_to(const char* version) {
        FleetPeer node = node_that_speaks(version);
        static_cast<void>(node.receive());
        const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
        node.send(Pong{.can_judge = true, .clock = now});
        process_.await_line("is ready");
        PacketPeer talk(host_.socket);
        talk.send(open_of("alice"));
        static_cast<void>(node.receive());
        relay::Answer answer = answer_of("123456");
        answer.left = milliseconds{4'321};
        talk.send(std::move(answer));
        const auto carried = node.receive();
        const auto heard = relay::decode(std::get<Carried>(carried.value()).envelope.bytes());
        const auto& there = std::get<relay::Answer>(heard.value());
        EXPECT_EQ(there.packet.text(), "123456");
        return there.left;
    }

    RelayWorld world_;
    RelayWorld::Machine node_{
        .name = "auth1", .config = {}, .directory = {}, .socket = {}, .port = free_port(), .certificate = {}};
    RelayWorld::Machine host_ = world_.host("web01", {node_});
    UniqueFd listener_ = listen_on_loopback(node_.port);
    RelayProcess process_{host_.config};
};

TEST_F(HostAmongVersions, SaysHowLongItWaitsForAnAnswer) {
    EXPECT_EQ(time_left_told_to(present), milliseconds{4'321});
}

TEST_F(HostAmongVersions, SaysNothingOfThatToANodeOfTheVersionBeforeWhichWouldHangUp) {
    EXPECT_EQ(time_left_told_to(before), std::nullopt);
}

TEST_F(HostAmongVersions, AsksANodeOfTheVersionBefore) {
    FleetPeer node = node_that_speaks(before);
    ASSERT_TRUE(node.shook_hands());
    EXPECT_FALSE(std::get<Ping>(node.receive().value()).word) << "which it would hang up on";
    const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
    node.send(Pong{.can_judge = true, .clock = now});
    process_.await_line("is ready");
    EXPECT_TRUE(seen().is_asked);
    EXPECT_TRUE(seen().round_trip);
    EXPECT_TRUE(seen().ahead);
    expect_asked(node);
}

TEST_F(HostAmongVersions, KnowsHowFarTheClockOfANodeIsOff) {
    FleetPeer node = node_that_speaks(present);
    static_cast<void>(node.receive());
    const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
    node.send(Pong{.can_judge = true, .clock = now - seconds{100}});
    process_.await_line("is ready");
    const relay::NodeSeen found = seen();
    EXPECT_EQ(found.name, "auth1");
    EXPECT_EQ(found.address, "127.0.0.1:" + std::to_string(node_.port));
    ASSERT_TRUE(found.ahead);
    EXPECT_GT(*found.ahead, seconds{-130});
    EXPECT_LT(*found.ahead, seconds{-70});
    expect_asked(node);
}

TEST_F(HostAmongVersions, TellsANodeOfTheSameVersionTheTimeAndItsOwnVersion) {
    FleetPeer node = node_that_speaks(present);
    const auto word = std::get<Ping>(node.receive().value()).word;
    ASSERT_TRUE(word);
    EXPECT_LT(std::chrono::abs(std::chrono::system_clock::now() - word->clock), seconds{30});
    EXPECT_EQ(word->version, paths::version);
}

TEST_F(HostAmongVersions, DoesNotAskANodeOfALaterVersionAloneAndSaysWhy) {
    const FleetPeer node = node_that_speaks(future);
    EXPECT_FALSE(node.shook_hands());
    process_.await_line(clear_line);
    EXPECT_THAT(process_.log(), HasSubstr("Node auth1 (127.0.0.1:"));
    process_.await_line("is ready");
    const relay::NodeSeen found = seen();
    EXPECT_FALSE(found.is_asked);
    EXPECT_EQ(found.problem, clear_line);
}

}  // namespace
}  // namespace secondstep::testing
