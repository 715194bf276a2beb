// Who does not read: what piles up, and who has to wait for it.
#include <gmock/gmock.h>

#include <sys/socket.h>
#include <sys/time.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <thread>

#include "relay/fleet_peer.h"
#include "relay/played_service.h"
#include "relay/relay_world.h"
#include "relay/speech.h"

namespace secondstep::testing {
namespace {

using relay::Carried;
using relay::Ping;
using relay::Said;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

const std::string large(relay::max_packet, 'x');

// Counts what it could hand over, until it could not for a second.
std::size_t sent_until_full(PacketPeer& peer, const std::function<relay::Envelope()>& make,
                            std::size_t most) {
    std::size_t count = 0;
    while (count < most && peer.try_send(make(), seconds{1}))
        ++count;
    return count;
}

class Pressure : public ::testing::Test {
  protected:
    RelayWorld world_;
    RelayWorld::Machine node_ = world_.node("auth1");
};

// 64 MiB for a host that reads none of it: its own connection stands still, the relay holds a bounded part of it, and
// another host is served as fast as ever.
TEST_F(Pressure, OfAHostThatDoesNotReadIsItsOwn) {
    constexpr std::size_t most = 8192;
    std::atomic<std::size_t> handed_over = 0;
    const PlayedService service(node_.socket, [&](PlayedService::Visit& visit) {
        const auto* const open = std::get_if<relay::Open>(&visit.first);
        if (open == nullptr || open->account != "flood") return PlayedService::answer_as_usual(visit);
        handed_over = sent_until_full(visit.peer, [] { return Said{Secret::copy_of(large)}; }, most);
    });
    RelayProcess node(node_.config);
    node.await_line("is ready");
    const RelayWorld::Machine host = world_.host("web02", {node_});
    RelayProcess other(host.config);
    other.await_line("is ready");
    const long before = node.status_number("VmRSS");
    FleetPeer slow(node_.port, {.own = world_.authority().issue("web01", FleetAuthority::For::host)});
    slow.send(Ping{});
    static_cast<void>(slow.receive());
    slow.send(Carried{1, relay::encode(open_of("flood")).value()});
    while (handed_over == 0) {
        const auto begun = steady_clock::now();
        PacketPeer talk(host.socket);
        talk.send(open_of("alice"));
        ASSERT_EQ(said(talk.receive()), "hello");
        EXPECT_LT(steady_clock::now() - begun, milliseconds{500});
    }
    EXPECT_LT(handed_over, most) << "the service was held back";
    EXPECT_LT(node.status_number("VmRSS"), before + 4096) << "KiB";
    // And it is no host for ever.
    node.await_line("Host web01 from 127.0.0.1 is disconnected");  // it takes nothing, and says nothing
}

// A host that pings without reading: the answers are bounded too.
TEST_F(Pressure, OfPingsWithoutReadingIsBounded) {
    const PlayedService service(node_.socket);
    RelayProcess node(node_.config);
    node.await_line("is ready");
    FleetPeer host(node_.port, {.own = world_.authority().issue("web01", FleetAuthority::For::host)});
    host.send(Ping{});
    static_cast<void>(host.receive());
    const long before = node.status_number("VmRSS");
    Secret pings;
    for (int i = 0; i < 1800; ++i)
        relay::append(pings, Ping{});
    const timeval patience{.tv_sec = 2, .tv_usec = 0};
    ::setsockopt(host.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    const auto end = steady_clock::now() + seconds{4};
    for (int i = 0; i < 4000 && steady_clock::now() < end; ++i)
        host.send_bytes(pings.bytes());
    EXPECT_LT(node.status_number("VmRSS"), before + 4096) << "KiB";
}

// A conversation whose service does not read holds up the host it is of, and nobody else.
TEST_F(Pressure, OfAConversationThatIsNotReadIsItsHosts) {
    std::atomic<bool> over = false;
    const PlayedService service(node_.socket, [&](PlayedService::Visit& visit) {
        const auto* const open = std::get_if<relay::Open>(&visit.first);
        if (open == nullptr || open->account != "stuck") return PlayedService::answer_as_usual(visit);
        over.wait(false);
    });
    RelayProcess node(node_.config);
    node.await_line("is ready");
    const RelayWorld::Machine host = world_.host("web02", {node_});
    RelayProcess other(host.config);
    other.await_line("is ready");
    FleetPeer flooding(node_.port, {.own = world_.authority().issue("web01", FleetAuthority::For::host)});
    flooding.send(Ping{});
    static_cast<void>(flooding.receive());
    const long before = node.status_number("VmRSS");
    flooding.send(Carried{1, relay::encode(open_of("stuck")).value()});
    const timeval patience{.tv_sec = 1, .tv_usec = 0};
    ::setsockopt(flooding.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    Secret answers;
    for (int i = 0; i < 64; ++i)
        relay::append(answers, Carried{1, relay::encode(answer_of(large)).value()});
    const auto end = steady_clock::now() + seconds{3};
    for (int i = 0; i < 200 && steady_clock::now() < end; ++i)
        flooding.send_bytes(answers.bytes());
    EXPECT_LT(node.status_number("VmRSS"), before + 4096) << "KiB";
    PacketPeer talk(host.socket);
    talk.send(open_of("alice"));
    EXPECT_EQ(said(talk.receive()), "hello");
    over = true;
    over.notify_all();
}

// On a host: packets of the service for a node that has stopped reading.
TEST_F(Pressure, OfANodeThatHangsIsFeltByWhoSends) {
    const PlayedService service(node_.socket);
    RelayProcess node(node_.config);
    const RelayWorld::Machine host = world_.host("web02", {node_});
    RelayProcess process(host.config);
    process.await_line("is ready");
    PacketPeer talk(host.socket);
    talk.send(open_of("alice"));
    EXPECT_EQ(said(talk.receive()), "hello");
    const long before = process.status_number("VmRSS");
    node.signal(SIGSTOP);
    static_cast<void>(sent_until_full(talk, [] { return answer_of(large); }, 4096));
    EXPECT_LT(process.status_number("VmRSS"), before + 4096) << "KiB";
    node.signal(SIGCONT);
}

// Strangers that connect and say nothing take no place of a host.
TEST_F(Pressure, OfStrangersThatSayNothingKeepsNoHostOut) {
    const PlayedService service(node_.socket);
    RelayProcess node(node_.config);
    node.await_line("is ready");
    const RelayWorld::Machine host = world_.host("web02", {node_});
    std::vector<UniqueFd> silent;
    for (int i = 0; i < 300; ++i)
        silent.push_back(connect_to_loopback(node_.port));
    RelayProcess process(host.config);
    process.await_line("is asked from now on");
    node.await_line("too many wait to show who they are");
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(silent.back().get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    char nothing = 0;
    EXPECT_EQ(::recv(silent.back().get(), &nothing, 1, 0), 0) << "and none of them stays for long";
}

TEST_F(Pressure, OfConversationsHasABound) {
    const PlayedService service(node_.socket, [](PlayedService::Visit& visit) {
        if (!std::holds_alternative<relay::Open>(visit.first)) return PlayedService::answer_as_usual(visit);
        static_cast<void>(visit.peer.receive(seconds{60}));
    });
    RelayProcess node(node_.config);
    node.await_line("is ready");
    FleetPeer host(node_.port, {.own = world_.authority().issue("web01", FleetAuthority::For::host)});
    host.send(Ping{});
    static_cast<void>(host.receive());
    for (relay::Conversation number = 1; number <= 1025; ++number)
        host.send(Carried{number, relay::encode(open_of("alice")).value()});
    const relay::Frame frame = host.receive().value();
    EXPECT_EQ(std::get<Carried>(frame).conversation, 1025U);
    EXPECT_EQ(said(relay::decode(std::get<Carried>(frame).envelope.bytes()).value()), "(lost 2)");
}

// The service asks whether its relay is there before it asks for codes of the host: a crowd must not make it away.
TEST_F(Pressure, OfACrowdOnAHostIsNoSilenceOfItsRelay) {
    const PlayedService service(node_.socket, [](PlayedService::Visit& visit) {
        if (!std::holds_alternative<relay::Open>(visit.first)) return PlayedService::answer_as_usual(visit);
        static_cast<void>(visit.peer.receive(seconds{60}));
    });
    RelayProcess node(node_.config);
    const RelayWorld::Machine host = world_.host("web02", {node_});
    LoggedProcess process(
        {.arguments = {"--nofile=160:160", SECONDSTEP_RELAY_PROGRAM, "--foreground", "--config", host.config},
         .program = "/usr/bin/prlimit"});
    process.await_line("is asked from now on");
    process.await_line("is ready");
    std::vector<std::unique_ptr<PacketPeer>> crowd;
    for (int i = 0; i < 100; ++i) {
        crowd.push_back(std::make_unique<PacketPeer>(host.socket));
        crowd.back()->send(open_of("alice"));
    }
    PacketPeer asking(host.socket);
    asking.send(relay::NodesAsked{});
    const auto seen = asking.receive(seconds{2});
    ASSERT_TRUE(seen && std::holds_alternative<relay::NodesSeen>(*seen));
    EXPECT_EQ(said(crowd.back()->receive(seconds{2})), "(lost 1)") << "and not that all are down";
}

TEST_F(Pressure, OfConnectionsOfOneHostHasABound) {
    const PlayedService service(node_.socket);
    RelayProcess node(node_.config);
    node.await_line("is ready");
    const auto own = world_.authority().issue("web01", FleetAuthority::For::host);
    std::vector<std::unique_ptr<FleetPeer>> all;
    for (int i = 0; i < 5; ++i) {
        all.push_back(std::make_unique<FleetPeer>(node_.port, FleetPeer::Shown{.own = own}));
        all.back()->send(Ping{});
        EXPECT_TRUE(all.back()->receive());
    }
    const auto begun = steady_clock::now();
    EXPECT_TRUE(all.front()->is_hung_up_on()) << "the oldest";
    EXPECT_LT(steady_clock::now() - begun, seconds{5}) << "and not for its silence";
    all.back()->send(Ping{});
    EXPECT_TRUE(all.back()->receive());
}

TEST_F(Pressure, OfAHostThatHasGoneWithoutAWordEnds) {
    const PlayedService service(node_.socket);
    RelayProcess node(node_.config);
    node.await_line("is ready");
    FleetPeer host(node_.port, {.own = world_.authority().issue("web01", FleetAuthority::For::host)});
    host.send(Ping{});
    EXPECT_TRUE(host.is_hung_up_on());
    node.await_line("it was silent for ten seconds");
}

}  // namespace
}  // namespace secondstep::testing
