// Which hosts the relay of a node hears, and what they say of themselves: for root and its own account, who ask it.
#include "relay/seen_hosts.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "paths.h"
#include "relay/fleet_peer.h"
#include "relay/played_service.h"
#include "relay/relay_world.h"
#include "relay/speech.h"
#include "support/child_process.h"

namespace secondstep::testing {
namespace {

namespace fs = std::filesystem;
using relay::HostsAsked;
using relay::HostSeen;
using relay::HostsSeen;
using relay::OwnWord;
using relay::Ping;
using relay::Pong;
using relay::SeenHosts;
using std::chrono::seconds;
using ::testing::ElementsAre;

HostSeen host_named(const std::string& name, seconds heard = seconds{0}) {
    return {.name = name,
            .address = "192.0.2.7",
            .connected = seconds{60},
            .heard = heard,
            .version = "1",
            .ahead = {}};
}

std::vector<std::string> names_in(const HostsSeen& seen) {
    std::vector<std::string> names;
    for (const HostSeen& one : seen.hosts)
        names.push_back(one.name);
    return names;
}

const SeenHosts::Time start{seconds{1'000}};

TEST(SeenHosts, AreToldInPartsWhereThereAreMany) {
    std::vector<HostSeen> connected;
    for (int i = 0; i < 150; ++i)
        connected.push_back(host_named("h" + std::to_string(100 + i)));
    const SeenHosts hosts(start);
    std::vector<std::string> all;
    HostsSeen part{.running = {}, .more = true, .hosts = {}};
    while (part.more) {
        part = hosts.after(all.empty() ? "" : all.back(), connected, start + seconds{5});
        ASSERT_LE(part.hosts.size(), relay::max_hosts_seen);
        ASSERT_FALSE(part.hosts.empty());
        EXPECT_EQ(part.running, seconds{5});
        for (const std::string& name : names_in(part))
            all.push_back(name);
    }
    EXPECT_EQ(all.size(), 150U);
    EXPECT_TRUE(std::ranges::is_sorted(all));
}

TEST(SeenHosts, WhoHasGoneIsToldWithWhatWasSeenLast) {
    SeenHosts hosts(start);
    hosts.gone(host_named("web01", seconds{2}), start + seconds{10});
    const HostsSeen seen = hosts.after("", {}, start + seconds{40});
    ASSERT_EQ(seen.hosts.size(), 1U);
    EXPECT_FALSE(seen.hosts[0].connected);
    EXPECT_EQ(seen.hosts[0].heard, seconds{32});
    EXPECT_EQ(seen.hosts[0].version, "1");
    const HostsSeen back = hosts.after("", {host_named("web01")}, start + seconds{50});
    ASSERT_EQ(back.hosts.size(), 1U);
    EXPECT_TRUE(back.hosts[0].connected) << "who is connected again is not gone";
}

TEST(SeenHosts, OfSeveralConnectionsOfOneHostTheOneThatWasHeardLastCounts) {
    const SeenHosts hosts(start);
    for (const auto& both : {std::vector{host_named("web01", seconds{9}), host_named("web01", seconds{1})},
                             std::vector{host_named("web01", seconds{1}), host_named("web01", seconds{9})}}) {
        const HostsSeen seen = hosts.after("", both, start);
        ASSERT_EQ(seen.hosts.size(), 1U);
        EXPECT_EQ(seen.hosts[0].heard, seconds{1});
    }
}

TEST(SeenHosts, ThoseThatAreGoneForTheLongestAreForgotten) {
    SeenHosts hosts(start);
    for (std::size_t i = 0; i < SeenHosts::most_gone; ++i)
        hosts.gone(host_named("h" + std::to_string(10'000 + i)), start + seconds{i == 7 ? 0 : 10});
    hosts.gone(host_named("a-new-one"), start + seconds{20});
    EXPECT_THAT(names_in(hosts.after("", {}, start + seconds{30})).front(), "a-new-one");
    EXPECT_THAT(names_in(hosts.after("h10006", {}, start + seconds{30})).front(), "h10008");
}

// The relay of a real node, its service, and whoever may ask it.
class AskedNode : public ::testing::Test {
  protected:
    explicit AskedNode(PlayedService::Part part = {}) : service_(node_.socket, std::move(part)) {
        process_.await_line("is ready");
    }
    [[nodiscard]] std::string questions() const {
        const fs::path socket(node_.socket);
        return socket.parent_path() / "node" / socket.filename();
    }
    [[nodiscard]] std::optional<relay::Envelope> answer_to(const relay::Envelope& question) const {
        PacketPeer asking(questions());
        asking.send(question);
        return asking.receive();
    }
    [[nodiscard]] HostsSeen seen() const { return std::get<HostsSeen>(answer_to(HostsAsked{}).value()); }
    [[nodiscard]] std::unique_ptr<FleetPeer> connected_host(const char* protocol, const Ping& ping) const {
        auto host = std::make_unique<FleetPeer>(
            node_.port, FleetPeer::Shown{.own = world_.authority().issue("web01", FleetAuthority::For::host),
                                         .protocols = {protocol}});
        host->send(ping);
        EXPECT_TRUE(std::holds_alternative<Pong>(host->receive().value()))
            << "and the node has looked who it is";
        return host;
    }
    [[nodiscard]] static Ping ping_of_a_clock_ahead(seconds ahead) {
        const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
        return {OwnWord{now + ahead, "9.9"}};
    }

    RelayWorld world_;
    RelayWorld::Machine node_ = world_.node("auth1");
    PlayedService service_;
    RelayProcess process_{node_.config};
};

TEST_F(AskedNode, SaysWhoIsConnectedAndWhatTheySayOfThemselves) {
    EXPECT_TRUE(seen().hosts.empty()) << "nobody has come yet";
    auto host = connected_host(relay::newest_protocol, ping_of_a_clock_ahead(seconds{100}));
    const HostsSeen all = seen();
    EXPECT_FALSE(all.more);
    EXPECT_LT(all.running, seconds{60});
    ASSERT_EQ(all.hosts.size(), 1U);
    const HostSeen& one = all.hosts[0];
    EXPECT_EQ(one.name, "web01");
    EXPECT_EQ(one.address, "127.0.0.1");
    ASSERT_TRUE(one.connected);
    EXPECT_LT(*one.connected, seconds{60});
    EXPECT_LT(one.heard, seconds{60});
    EXPECT_EQ(one.version, "9.9");
    ASSERT_TRUE(one.ahead);
    EXPECT_LE(*one.ahead, seconds{100});
    EXPECT_GT(*one.ahead, seconds{70}) << "but for its way";
    host.reset();
    process_.await_line("Host web01 from 127.0.0.1 is disconnected");
    ASSERT_EQ(seen().hosts.size(), 1U);
    EXPECT_FALSE(seen().hosts[0].connected);
    EXPECT_EQ(seen().hosts[0].version, "9.9") << "as it was seen last";
}

TEST_F(AskedNode, OfAHostOfTheVersionBeforeKnowsThatItIsConnected) {
    const auto host = connected_host(relay::previous_protocol, Ping{});
    ASSERT_EQ(seen().hosts.size(), 1U);
    EXPECT_TRUE(seen().hosts[0].connected);
    EXPECT_EQ(seen().hosts[0].version, "");
    EXPECT_FALSE(seen().hosts[0].ahead);
}

TEST_F(AskedNode, SeesARealHostAsItIs) {
    const RelayWorld::Machine host = world_.host("web01", {node_});
    RelayProcess of_host(host.config);
    of_host.await_line("is asked from now on");
    ASSERT_EQ(seen().hosts.size(), 1U);
    EXPECT_EQ(seen().hosts[0].version, paths::version);
    ASSERT_TRUE(seen().hosts[0].ahead);
    EXPECT_LT(std::chrono::abs(*seen().hosts[0].ahead), seconds{20});
}

TEST_F(AskedNode, AnswersThatAndNothingElse) {
    EXPECT_EQ(said(answer_to(relay::NodesAsked{})), "(lost 4)");
    EXPECT_EQ(said(answer_to(open_of("alice"))), "(lost 4)");
    EXPECT_TRUE(seen().hosts.empty());
    EXPECT_TRUE(service_.conversations().empty()) << "nothing of it reaches the service";
}

// The mode of the socket keeps them out; were it another, this does.
TEST_F(AskedNode, AnswersRootAndItsOwnAccountAlone) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    struct stat about{};
    ASSERT_EQ(::stat(questions().c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 07777U, 0600U);
    EXPECT_EQ(about.st_uid, 65534U);
    ASSERT_EQ(::chmod(questions().c_str(), 0666), 0);
    const auto is_answered = [&](uid_t uid) {
        return status_in_child([&] {
            if (::setresuid(uid, uid, uid) != 0) return 9;
            PacketPeer asking(questions());
            asking.send(HostsAsked{});
            const auto answer = asking.receive();
            return answer && std::holds_alternative<HostsSeen>(*answer) ? 1 : 0;
        });
    };
    EXPECT_EQ(is_answered(65534), 1);
    EXPECT_EQ(is_answered(0), 1);
    EXPECT_NE(is_answered(1), 1);
    process_.await_line("uid 1 may not ask which hosts are connected");
}

// Whose certificate nobody has confirmed is no host.
class NodeWithoutAService : public AskedNode {
  protected:
    NodeWithoutAService() : AskedNode([](PlayedService::Visit&) {}) {}
};

TEST_F(NodeWithoutAService, CountsNobodyWhomTheServiceDoesNotKnow) {
    const auto host = connected_host(relay::newest_protocol, ping_of_a_clock_ahead(seconds{0}));
    EXPECT_TRUE(seen().hosts.empty());
}

TEST(SeenHosts, ANodeThatCannotBeAskedServesHostsAllTheSame) {
    RelayWorld world;
    const RelayWorld::Machine node = world.node("auth1");
    write_file(fs::path(node.socket).parent_path() / "node", "", 0644, false);
    const PlayedService service(node.socket);
    RelayProcess process(node.config);
    process.await_line("secondstep fleet status cannot ask which hosts are connected");
    process.await_line("is ready");
    FleetPeer host(node.port, {.own = world.authority().issue("web01", FleetAuthority::For::host)});
    host.send(Ping{});
    EXPECT_TRUE(std::get<Pong>(host.receive().value()).can_judge);
}

}  // namespace
}  // namespace secondstep::testing
