// Whoever is not a host of the fleet, and a host that sends what none sends, at a real node; and a node that is none.
#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include "relay/fleet_peer.h"
#include "relay/played_service.h"
#include "relay/relay_world.h"
#include "relay/speech.h"

namespace secondstep::testing {
namespace {

using relay::Carried;
using relay::Closed;
using relay::Frame;
using relay::Ping;
using relay::Pong;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr FleetAuthority::For for_hosts = FleetAuthority::For::host;

Carried carried(relay::Conversation number, relay::Envelope envelope) {
    return {number, relay::encode(envelope).value()};
}

class Stranger : public ::testing::Test {
  protected:
    Stranger() { node_process_.await_line("is ready"); }

    // A host as it should be: it is known when the first pong comes.
    [[nodiscard]] FleetPeer good_host() {
        FleetPeer host(node_.port, {.own = world_.authority().issue("web01", for_hosts)});
        host.send(Ping{});
        EXPECT_TRUE(std::get<Pong>(host.receive().value()).can_judge);
        return host;
    }
    void expect_refused(const FleetPeer::Shown& shown, const std::string& log) {
        FleetPeer peer(node_.port, shown);
        peer.send(Ping{});
        EXPECT_TRUE(peer.is_hung_up_on());
        node_process_.await_line(log);
        EXPECT_THAT(service_.questions(), IsEmpty());
    }

    RelayWorld world_;
    RelayWorld::Machine node_ = world_.node("auth1");
    PlayedService service_{node_.socket};
    RelayProcess node_process_{node_.config};
};

// The control of all that follow: what they send in another way is served.
TEST_F(Stranger, WhoIsAHostIsServed) {
    FleetPeer host = good_host();
    host.send(carried(1, open_of("alice")));
    const Frame answer = host.receive().value();
    EXPECT_EQ(said(relay::decode(std::get<Carried>(answer).envelope.bytes()).value()), "hello");
    host.send(carried(1, answer_of("123456")));
    EXPECT_EQ(std::get<Carried>(host.receive().value()).conversation, 1U);
    host.send(Closed{1});
    host.send(carried(2, open_of("alice")));
    EXPECT_EQ(std::get<Carried>(host.receive().value()).conversation, 2U);
    host.send(carried(0, relay::StandingAsked{}));
    EXPECT_EQ(std::get<Carried>(host.receive().value()).conversation, 0U);
}

TEST_F(Stranger, OfAnotherFleetIsRefused) {
    const FleetAuthority another("A fleet");  // of the same name
    expect_refused({.own = another.issue("web01", for_hosts)}, "certificate is not accepted");
}

TEST_F(Stranger, WithAnEndedCertificateIsRefused) {
    expect_refused({.own = world_.authority().issue("web01", for_hosts, {seconds{-7200}, seconds{-3600}})},
                   "certificate has expired");
}

TEST_F(Stranger, WithACertificateThatHasNotBegunIsRefused) {
    expect_refused({.own = world_.authority().issue("web01", for_hosts, {seconds{3600}, seconds{7200}})},
                   "certificate is not yet valid");
}

TEST_F(Stranger, WithTheCertificateOfANodeIsRefused) {
    expect_refused({.own = world_.authority().issue("auth2", FleetAuthority::For::node)}, "certificate");
}

TEST_F(Stranger, WithOlderTlsIsRefused) {
    const FleetPeer old(node_.port,
                        {.own = world_.authority().issue("web01", for_hosts), .version = TLS1_2_VERSION});
    EXPECT_FALSE(old.shook_hands());
}

TEST_F(Stranger, WhoSpeaksAnotherProtocolIsRefused) {
    const FleetPeer other(node_.port,
                          {.own = world_.authority().issue("web01", for_hosts), .protocols = {"h2"}});
    EXPECT_FALSE(other.shook_hands());
    expect_refused({.own = world_.authority().issue("web01", for_hosts), .protocols = {}},
                   "it speaks no version of the fleet's protocol that this machine knows");
}

TEST_F(Stranger, WithoutACertificateMayAskToJoinAndNothingElse) {
    const std::vector<std::function<Frame()>> all{
        [] { return Frame(Ping{}); },
        [] { return Frame(Pong{true}); },
        [] { return Frame(Closed{1}); },
        [] { return Frame(carried(1, open_of("alice"))); },
        [] { return Frame(carried(0, relay::StandingAsked{})); },
        [] { return Frame(carried(0, relay::RenewalAsked{"request"})); },
        [] { return Frame(carried(0, relay::NodesAsked{})); },
        [] { return Frame(carried(1, relay::JoinAsked{})); },
        [] { return Frame(carried(0, relay::From{})); },
    };
    for (const auto& make : all) {
        FleetPeer peer(node_.port, {});
        ASSERT_TRUE(peer.shook_hands());
        const Frame frame = make();
        peer.send(frame);
        EXPECT_TRUE(peer.is_hung_up_on()) << frame.index();
    }
    EXPECT_THAT(service_.questions(), IsEmpty());
    EXPECT_THAT(service_.conversations(), IsEmpty());
    FleetPeer joining(node_.port, {});
    joining.send(carried(0, relay::JoinAsked{Secret::copy_of("token"), "web09", "request"}));
    const Frame answer = joining.receive().value();
    EXPECT_TRUE(std::holds_alternative<relay::Refused>(
        relay::decode(std::get<Carried>(answer).envelope.bytes()).value()));
    EXPECT_TRUE(joining.is_hung_up_on());
    ASSERT_THAT(service_.questions(), SizeIs(1));
    EXPECT_EQ(service_.questions().front().certificate, relay::Fingerprint{});
}

TEST_F(Stranger, WhoIsAHostAndSendsWhatNoneSendsIsHungUpOn) {
    const std::vector<std::function<Frame()>> all{
        [] { return Frame(Pong{true}); },
        [] { return Frame(carried(0, relay::From{})); },
        [] { return Frame(carried(0, relay::JoinAsked{})); },
        [] { return Frame(carried(0, relay::Standing{true, "web01"})); },
        [] { return Frame(carried(0, relay::Certified{})); },
        [] { return Frame(carried(0, relay::NodesAsked{})); },
        [] { return Frame(carried(0, relay::NodesSeen{})); },
        [] { return Frame(carried(0, open_of("alice"))); },
        [] { return Frame(carried(1, relay::From{})); },
        [] { return Frame(carried(1, answer_of("123456"))); },
        [] { return Frame(carried(1, relay::StandingAsked{})); },
        [] { return Frame(carried(1, relay::RenewalAsked{"request"})); },
        [] { return Frame(carried(1, relay::Said{Secret::copy_of("hello")})); },
        [] { return Frame(carried(1, relay::Lost{})); },
        [] { return Frame(Carried{1, Secret::copy_of("nonsense")}); },
    };
    for (const auto& make : all) {
        FleetPeer host = good_host();
        const Frame frame = make();
        host.send(frame);
        EXPECT_TRUE(host.is_hung_up_on());
    }
    EXPECT_THAT(service_.conversations(), IsEmpty());
}

TEST_F(Stranger, WhoIsAHostMaySayNothingButAnswersInAConversation) {
    const std::vector<std::function<Frame()>> all{
        [] { return Frame(carried(1, relay::From{})); },
        [] { return Frame(carried(1, open_of("alice"))); },
        [] { return Frame(carried(1, relay::Said{Secret::copy_of("hello")})); },
        [] { return Frame(carried(1, relay::StandingAsked{})); },
    };
    for (const auto& make : all) {
        FleetPeer host = good_host();
        host.send(carried(1, open_of("alice")));
        static_cast<void>(host.receive());
        host.send(make());
        EXPECT_TRUE(host.is_hung_up_on());
    }
}

TEST(UndecidedStranger, BeginsNoConversationBeforeItIsKnown) {
    RelayWorld world;
    const RelayWorld::Machine node = world.node("auth1");
    const PlayedService service(node.socket, [](PlayedService::Visit& visit) {
        static_cast<void>(visit.peer.receive());  // it has not decided yet
    });
    RelayProcess process(node.config);
    process.await_line("is ready");
    FleetPeer host(node.port, {.own = world.authority().issue("web01", for_hosts)});
    host.send(carried(1, open_of("alice")));
    EXPECT_TRUE(host.is_hung_up_on());
    EXPECT_THAT(service.conversations(), IsEmpty());
}

// A service that is silent while the test says so.
class SilentService : public ::testing::Test {
  protected:
    SilentService() { node_process_.await_line("is ready"); }
    void answer(PlayedService::Visit& visit) const {
        if (!is_silent_) return PlayedService::answer_as_usual(visit);
        static_cast<void>(visit.peer.receive());  // until the relay gives up
    }
    [[nodiscard]] FleetPeer peer(const FleetAuthority::Issued& own) const {
        return {node_.port, {.own = own}};
    }
    // Nothing: it was hung up on.
    static std::optional<bool> can_judge(FleetPeer& peer) {
        peer.send(Ping{});
        const auto pong = peer.receive();
        return pong ? std::optional(std::get<Pong>(*pong).can_judge) : std::nullopt;
    }

    std::atomic<bool> is_silent_ = false;
    RelayWorld world_;
    RelayWorld::Machine node_ = world_.node("auth1");
    PlayedService service_{node_.socket, [this](PlayedService::Visit& visit) { answer(visit); }};
    RelayProcess node_process_{node_.config};
};

// The site's authority signs for many: by its certificate alone nobody is a host, and nobody keeps a place.
TEST_F(SilentService, WhomNobodyHasCalledAHostComesAgainAndWhoWasKnownStays) {
    FleetPeer known = peer(world_.authority().issue("web01", for_hosts));
    ASSERT_EQ(can_judge(known), true);
    is_silent_ = true;
    FleetPeer unknown = peer(world_.authority().issue("printer7", for_hosts));
    const auto end = std::chrono::steady_clock::now() + seconds{25};
    while (can_judge(unknown)) {
        ASSERT_LT(std::chrono::steady_clock::now(), end);
        ASSERT_TRUE(can_judge(known));
    }
    node_process_.await_line(
        "Somebody with a certificate of printer7 from 127.0.0.1 is disconnected: the service has not said");
    EXPECT_TRUE(can_judge(known));
    is_silent_ = false;
    while (can_judge(known) == false)
        ASSERT_LT(std::chrono::steady_clock::now(), end);
    EXPECT_EQ(can_judge(known), true) << "over the same connection";
}

// More than may wait to show who they are: otherwise each that comes would send another away, which comes again.
TEST_F(SilentService, AllHostsWaitThroughARestartOfTheService) {
    std::vector<FleetAuthority::Issued> certificates;
    for (int i = 0; i < 17; ++i)
        certificates.push_back(world_.authority().issue("web" + std::to_string(10 + i), for_hosts));
    is_silent_ = true;
    std::vector<FleetPeer> hosts;
    for (const auto& own : certificates) {
        for (int each = 0; each < 4; ++each)
            hosts.push_back(peer(own));
    }
    is_silent_ = false;
    for (FleetPeer& host : hosts) {
        std::optional<bool> answer = can_judge(host);
        while (answer == false)
            answer = can_judge(host);
        EXPECT_EQ(answer, true) << "and it has the connection that it had";
    }
}

TEST_F(Stranger, GarbageAndImpossibleLengthsEndTheConnection) {
    for (const Bytes& bytes : {Bytes{0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 1}, Bytes{0, 0, 0, 5, 9, 0, 0, 0, 0},
                               Bytes{0, 0, 0x30, 0x10, 1, 0, 0, 0, 1}, Bytes(4096, 'x')}) {
        FleetPeer host = good_host();
        host.send_bytes(bytes);
        EXPECT_TRUE(host.is_hung_up_on());
    }
    node_process_.await_line("impossible length");
    EXPECT_EQ(std::get<Pong>([this] {
                  FleetPeer host = good_host();
                  host.send(Ping{});
                  return host.receive().value();
              }())
                  .can_judge,
              true);
}

// --- a node that is none, for a real host ---

class FalseNode : public ::testing::Test {
  protected:
    void expect_not_asked(const FleetAuthority::Issued& shown, const std::string& log) {
        const UniqueFd listener = listen_on_loopback(node_.port);
        RelayProcess host(host_.config);
        const FleetPeer played(accept_one(listener), shown, world_.authority().certificate());
        host.await_line(log);
        host.await_line("is ready");
        PacketPeer talk(host_.socket);
        talk.send(open_of("alice"));
        EXPECT_EQ(said(talk.receive()), "(lost 1)");
    }

    RelayWorld world_;
    RelayWorld::Machine node_{
        .name = "auth1", .config = {}, .directory = {}, .socket = {}, .port = free_port(), .certificate = {}};
    RelayWorld::Machine host_ = world_.host("web01", {node_});
};

// The control: a played node with the right certificate is asked, and what a node may say is passed on.
TEST_F(FalseNode, WhichIsARealOneIsAsked) {
    const UniqueFd listener = listen_on_loopback(node_.port);
    RelayProcess host(host_.config);
    FleetPeer node(accept_one(listener), world_.authority().issue("auth1", FleetAuthority::For::node),
                   world_.authority().certificate());
    ASSERT_TRUE(node.shook_hands());
    EXPECT_TRUE(std::holds_alternative<Ping>(node.receive().value()));
    node.send(Pong{true});
    host.await_line("is ready");
    PacketPeer talk(host_.socket);
    talk.send(open_of("alice"));
    const Frame open = node.receive().value();
    EXPECT_EQ(std::get<Carried>(open).conversation, 1U);
    node.send(carried(1, relay::Said{Secret::copy_of("well")}));
    EXPECT_EQ(said(talk.receive()), "well");
}

TEST_F(FalseNode, OfAnotherFleetIsNotAsked) {
    expect_not_asked(FleetAuthority("A fleet").issue("auth1", FleetAuthority::For::node),
                     "certificate is not accepted");
}

TEST_F(FalseNode, WhichIsAHostIsNotAsked) {
    expect_not_asked(world_.authority().issue("auth1", FleetAuthority::For::host),
                     "certificate is not accepted");
}

TEST_F(FalseNode, OfAnotherNameIsNotAsked) {
    expect_not_asked(world_.authority().issue("auth2", FleetAuthority::For::node), "hostname mismatch");
}

TEST_F(FalseNode, WithAnEndedCertificateIsNotAsked) {
    expect_not_asked(
        world_.authority().issue("auth1", FleetAuthority::For::node, {seconds{-7200}, seconds{-3600}}),
        "certificate has expired");
}

TEST_F(FalseNode, MaySayNothingElse) {
    const std::vector<std::function<Frame()>> all{
        [] { return Frame(carried(1, relay::From{})); },
        [] { return Frame(carried(1, answer_of("123456"))); },
        [] { return Frame(carried(1, open_of("alice"))); },
        [] { return Frame(carried(1, relay::Standing{true, "web01"})); },
        [] { return Frame(carried(1, relay::NodesSeen{})); },
        [] { return Frame(carried(2, relay::Said{Secret::copy_of("never begun")})); },
        [] { return Frame(carried(0, relay::Said{Secret::copy_of("hello")})); },
        [] { return Frame(Ping{}); },
        [] { return Frame(Carried{1, Secret::copy_of("nonsense")}); },
    };
    const UniqueFd listener = listen_on_loopback(node_.port);
    for (const auto& make : all) {
        // Each anew: of a node that comes and goes the log tells five times a minute.
        RelayProcess host(host_.config);
        FleetPeer node(accept_one(listener), world_.authority().issue("auth1", FleetAuthority::For::node),
                       world_.authority().certificate());
        static_cast<void>(node.receive());
        node.send(Pong{true});
        host.await_line("is asked from now on");
        PacketPeer talk(host_.socket);
        talk.send(open_of("alice"));
        static_cast<void>(node.receive());
        node.send(make());
        EXPECT_EQ(said(talk.receive()), "(lost 2)") << "nothing of it reaches the service";
    }
}

// --- certificates that end while a connection stands ---

TEST(EndOfACertificate, EndsTheConnectionOfItsHost) {
    RelayWorld world;
    const RelayWorld::Machine node = world.node("auth1");
    const PlayedService service(node.socket);
    RelayProcess process(node.config);
    process.await_line("is ready");
    FleetPeer host(node.port, {.own = world.authority().issue("web01", FleetAuthority::For::host,
                                                              {.begins = std::chrono::seconds{-3600},
                                                               .ends = std::chrono::seconds{5}})});
    const auto begun = std::chrono::steady_clock::now();
    host.send(relay::Ping{});
    ASSERT_TRUE(host.receive()) << "until then it is a host as any other";
    EXPECT_TRUE(host.is_hung_up_on());
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{9}) << "and not for its silence";
    process.await_line("Host web01 from 127.0.0.1 is disconnected: its certificate has ended");
}

TEST(EndOfACertificate, EndsTheConnectionToANodeThatGoesOnAnswering) {
    RelayWorld world;
    const std::uint16_t port = free_port();
    const UniqueFd listener = listen_on_loopback(port);
    const RelayWorld::Machine node{
        .name = "auth1", .config = {}, .directory = {}, .socket = {}, .port = port, .certificate = {}};
    const RelayWorld::Machine host = world.host("web01", {node});
    RelayProcess process(host.config);
    FleetPeer peer(
        accept_one(listener),
        world.authority().issue("auth1", FleetAuthority::For::node,
                                {.begins = std::chrono::seconds{-3600}, .ends = std::chrono::seconds{5}}),
        world.authority().certificate());
    const auto begun = std::chrono::steady_clock::now();
    unsigned pings = 0;
    while (std::chrono::steady_clock::now() - begun < std::chrono::seconds{12} && peer.receive()) {
        ++pings;
        peer.send(relay::Pong{
            .can_judge = true,
            .clock = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())});
    }
    EXPECT_GE(pings, 2U) << "until then it was asked";
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{12});
    process.await_line("is not asked: the certificate that it has shown has ended");
}

}  // namespace
}  // namespace secondstep::testing
