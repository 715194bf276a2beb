// secondstep fleet status on a node: the registry, and what the relay hears of the hosts in it.

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "base/character_width.h"
#include "base/text.h"
#include "fleet/file_records.h"
#include "fleet/join_token.h"
#include "fleet/played_relay.h"
#include "tool_world.h"

namespace secondstep::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class FleetStatus : public ToolWorld {
  protected:
    FleetStatus() {
        write_config("relay_socket = " + file("relay.sock") + "\n");
        set_up();
        EXPECT_EQ(tool({"fleet", "create", "--name", "auth1", "--listen", "192.0.2.11:7464"}).status, 0);
        const auto invited = json({"fleet", "invite-hosts", "--names", "web01,web02,web03"});
        const auto token = fleet::parse_join_token(invited["token"].get<std::string>()).value();
        const auto ring = std::make_unique<Keyring>(load_keyring(file("host.key")).value());
        const auto records =
            fleet::FileFleetRecords::open(file("store"), true, *ring, clock_, randomness_).value();
        for (const std::string name : {"web01", "web02", "web03"}) {
            const fleet::RegisteredHost host{.name = name,
                                             .certificate = {static_cast<std::uint8_t>(name.back())},
                                             .certificate_end = clock_.now() + std::chrono::days{365},
                                             .permission = token.permission,
                                             .since = clock_.now()};
            EXPECT_EQ(records->join(host, clock_.now()).value(), fleet::Joining::registered);
        }
    }
    [[nodiscard]] std::string questions() const { return file("node/relay.sock"); }
    // Of web03 it has heard nothing.
    [[nodiscard]] static relay::HostsSeen some_are_there() {
        relay::HostSeen there{.name = "web01",
                              .address = "192.0.2.21",
                              .connected = seconds{600},
                              .heard = seconds{1},
                              .version = "0.1.0",
                              .ahead = milliseconds{3'000}};
        relay::HostSeen gone = there;
        gone.name = "web02";
        gone.address = "192.0.2.22";
        gone.connected.reset();
        gone.heard = seconds{7'200};
        gone.version.clear();
        gone.ahead.reset();
        return {seconds{86'400}, false, {there, gone}};
    }
};

TEST_F(FleetStatus, ShowsWhoIsConnectedAndWhatTheySay) {
    const PlayedRelay relay(questions(), some_are_there());
    const Finished done = tool({"fleet", "status"});
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out,
                AllOf(HasSubstr("what each host says"), HasSubstr("web01  connected         0.1.0"),
                      HasSubstr("192.0.2.21       3.0 s ahead"), HasSubstr("web03  not since then")));
    const nlohmann::json all = json({"fleet", "status"});
    EXPECT_EQ(all["relay"]["answers"], true);
    EXPECT_TRUE(all["relay"]["problem"].is_null());
    const nlohmann::json& hosts = all["hosts"];
    ASSERT_EQ(hosts.size(), 3U);
    EXPECT_EQ(hosts[0]["connected"], true);
    EXPECT_EQ(hosts[0]["version"], "0.1.0");
    EXPECT_EQ(hosts[0]["clock_ahead_ms"], 3'000);
    EXPECT_EQ(hosts[0]["address"], "192.0.2.21");
    EXPECT_LT(hosts[0]["connected_since"].get<std::string>(), hosts[0]["heard"].get<std::string>());
    EXPECT_EQ(hosts[1]["connected"], false);
    EXPECT_TRUE(hosts[1]["connected_since"].is_null());
    EXPECT_EQ(hosts[1]["heard"].get<std::string>().size(), std::string("2026-11-30T01:59:00Z").size());
    EXPECT_TRUE(hosts[1]["version"].is_null());
    EXPECT_TRUE(hosts[1]["clock_ahead_ms"].is_null());
    EXPECT_EQ(hosts[2]["connected"], false);
    EXPECT_TRUE(hosts[2]["heard"].is_null());
    EXPECT_EQ(hosts[2]["class"], "login") << "and all that the registry says";
}

// "cannot tell" is not "no".
TEST_F(FleetStatus, WithoutARelayTheRegistryIsShownAndNobodyIsCalledAway) {
    const Finished done = tool({"fleet", "status"});
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, AllOf(HasSubstr("web01"), HasSubstr("cannot be told"),
                                HasSubstr("nobody listens on " + questions()), Not(HasSubstr("HEARD"))));
    const nlohmann::json all = json({"fleet", "status"});
    EXPECT_EQ(all["relay"]["answers"], false);
    EXPECT_THAT(all["relay"]["problem"].get<std::string>(), HasSubstr("nobody listens"));
    ASSERT_EQ(all["hosts"].size(), 3U);
    for (const char* const field :
         {"connected", "connected_since", "heard", "address", "version", "clock_ahead_ms"})
        EXPECT_TRUE(all["hosts"][0].at(field).is_null()) << field;
}

TEST_F(FleetStatus, ARelayOfAnotherVersionSaysNothing) {
    const PlayedRelay relay(questions(), relay::Lost{relay::Loss::unreadable});
    EXPECT_THAT(tool({"fleet", "status"}).out,
                AllOf(HasSubstr("cannot be told"), HasSubstr("is of another version than this tool")));
    EXPECT_TRUE(json({"fleet", "status"})["hosts"][0]["connected"].is_null());
}

TEST_F(FleetStatus, DoctorSaysWhatThereIsToMend) {
    {
        const PlayedRelay relay(questions(), some_are_there());
        EXPECT_THAT(tool({"doctor"}).out, AllOf(HasSubstr("1 of 3 hosts connected"),
                                                HasSubstr("web01 (3.0 s ahead)"), Not(HasSubstr("web02"))));
    }
    EXPECT_THAT(tool({"doctor"}).out, HasSubstr("does not say which hosts are connected"));
}

TEST_F(FleetStatus, FitsTheScreen) {
    const PlayedRelay relay(questions(), some_are_there());
    for (const unsigned short columns : std::initializer_list<unsigned short>{40, 80, 132}) {
        ChildProcess child(words({"fleet", "status"}), ChildProcess::Kind::terminal,
                           {{"NO_COLOR", "1"}, {"LC_ALL", "C.UTF-8"}, {"TERM", "xterm"}}, columns, 60);
        std::string text = child.finish().out;
        std::erase(text, '\r');
        EXPECT_THAT(text, AllOf(HasSubstr("connected"), HasSubstr("3.0 s ahead"))) << columns;
        for (const std::string& line : lines_of(text))
            EXPECT_LE(display_width(line), columns) << line;
    }
}

}  // namespace
}  // namespace secondstep::testing
