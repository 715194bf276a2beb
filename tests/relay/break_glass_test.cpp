// A host tells a node of logins by break-glass codes, as soon as one is up.
#include <gmock/gmock.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "relay/fleet_peer.h"
#include "relay/played_service.h"
#include "relay/relay_world.h"
#include "relay/speech.h"

namespace secondstep::testing {
namespace {

using relay::BreakGlassKnown;
using relay::BreakGlassUsed;
using relay::Carried;
using relay::Pong;
using relay::Refused;

BreakGlassUsed a_login() {
    return {.id = {7},
            .at = from_unix(1'800'000'000),
            .account = "root",
            .service = "sshd",
            .from = "192.0.2.7",
            .left = 6};
}

Secret packet_of(const relay::Envelope& envelope) {
    return relay::encode(envelope).value();
}

// What the service of a host is told by its relay.
std::optional<relay::Envelope> answer_at(const RelayWorld::Machine& host) {
    PacketPeer service(host.socket);
    service.send(a_login());
    return service.receive();
}

TEST(BreakGlassNews, GoFromTheServiceOfAHostToTheServiceOfANodeAndBack) {
    RelayWorld world;
    const RelayWorld::Machine node = world.node("auth1");
    const auto own = world.authority().issue("web01", FleetAuthority::For::host);
    std::mutex mutex;
    std::vector<std::string> heard;
    const PlayedService service(node.socket, [&](PlayedService::Visit& visit) {
        const auto* const used = std::get_if<BreakGlassUsed>(&visit.first);
        if (used == nullptr) return PlayedService::answer_as_usual(visit);
        EXPECT_EQ(visit.from.certificate, fingerprint_of(own.certificate)) << "as TLS has it";
        EXPECT_EQ(packet_of(*used).text(), packet_of(a_login()).text());
        const std::lock_guard lock(mutex);
        heard.push_back(used->account);
        visit.peer.send(heard.size() == 1 ? relay::Envelope(Refused{"not now"}) : BreakGlassKnown{});
    });
    const RelayWorld::Machine host = world.host("web01", {node}, own);
    RelayProcess of_node(node.config);
    of_node.await_line("is ready");
    RelayProcess process(host.config);
    process.await_line("is asked from now on");
    process.await_line("is ready");
    EXPECT_EQ(std::get<Refused>(answer_at(host).value()).words, "not now");
    EXPECT_TRUE(std::holds_alternative<BreakGlassKnown>(answer_at(host).value()));
    EXPECT_EQ(heard.size(), 2U);
}

// A real host at a node.
class HostWithNews : public ::testing::Test {
  protected:
    [[nodiscard]] FleetPeer node_that_is_up() {
        FleetPeer node(accept_one(listener_), world_.authority().issue("auth1", FleetAuthority::For::node),
                       world_.authority().certificate());
        static_cast<void>(node.receive());
        node.send(up());
        process_.await_line("is ready");
        return node;
    }
    [[nodiscard]] static Pong up() {
        return {.can_judge = true,
                .clock = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())};
    }
    // The next frame that is no ping; those are answered.
    [[nodiscard]] static std::optional<Carried> carried(FleetPeer& node) {
        while (auto frame = node.receive()) {
            if (auto* const found = std::get_if<Carried>(&*frame)) return std::move(*found);
            node.send(up());
        }
        return std::nullopt;
    }
    static void expect_judges(const RelayWorld::Machine& host, FleetPeer& node) {
        PacketPeer talk(host.socket);
        talk.send(open_of("alice"));
        const auto open = carried(node);
        ASSERT_TRUE(open);
        node.send(Carried{open->conversation, packet_of(relay::Said{Secret::copy_of("well")})});
        EXPECT_EQ(said(talk.receive()), "well");
    }

    RelayWorld world_;
    RelayWorld::Machine node_{
        .name = "auth1", .config = {}, .directory = {}, .socket = {}, .port = free_port(), .certificate = {}};
    RelayWorld::Machine host_ = world_.host("web01", {node_});
    UniqueFd listener_ = listen_on_loopback(node_.port);
    RelayProcess process_{host_.config};
};

TEST_F(HostWithNews, TellsOneThingAtATimeAndWhatWasUnderWayIsLostWithTheConnection) {
    auto node = std::make_unique<FleetPeer>(node_that_is_up());
    PacketPeer first(host_.socket);
    first.send(a_login());
    const auto told = carried(*node);
    ASSERT_TRUE(told);
    EXPECT_EQ(told->conversation, 0U);
    EXPECT_EQ(said(answer_at(host_)), "(lost 1)") << "another one comes again later";
    expect_judges(host_, *node);
    node.reset();
    EXPECT_EQ(said(first.receive()), "(lost 2)");
}

TEST_F(HostWithNews, GoesOnWhenWhoToldItHasGone) {
    FleetPeer node = node_that_is_up();
    {
        PacketPeer gone(host_.socket);
        gone.send(a_login());
        ASSERT_TRUE(carried(node));
    }
    node.send(Carried{0, packet_of(BreakGlassKnown{})});
    expect_judges(host_, node);
    PacketPeer next(host_.socket);
    next.send(a_login());
    ASSERT_TRUE(carried(node));
    node.send(Carried{0, packet_of(BreakGlassKnown{})});
    EXPECT_TRUE(std::holds_alternative<BreakGlassKnown>(next.receive().value()));
}

// Nobody has asked for it.
TEST_F(HostWithNews, BelievesNoAnswerWithoutAQuestion) {
    FleetPeer node = node_that_is_up();
    node.send(Carried{0, packet_of(BreakGlassKnown{})});
    process_.await_line("is not asked: it sent what a node does not send");
}

}  // namespace
}  // namespace secondstep::testing
