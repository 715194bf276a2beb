#include <gmock/gmock.h>

#include "base/local_time.h"
#include "tool_world.h"

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

namespace secondstep::testing {

namespace {

class Clients : public ToolWorld {
  protected:
    Clients() {
        set_up();
        enroll(me());
    }
    void remember() {
        const UnixTime now = clock_.now();
        const std::chrono::hours hour{1};
        change_state(me(), [&](State& state) {
            state.clients = {{"sshd", "192.0.2.7", now - hour, now + hour},
                             {"nginx", "192.0.2.7", now - hour, now + hour},
                             {"sshd", "2001:db8::7", now - hour, now + hour},
                             {"sshd", "192.0.2.9", now - 2 * hour, now - hour}};
        });
    }
    std::vector<std::string> left() {
        std::vector<std::string> clients;
        for (const RememberedClient& client : account(me()).state.clients)
            clients.push_back(client.service + " " + client.address);
        return clients;
    }
    using Left = std::vector<std::string>;
};

TEST_F(Clients, AreListedWhileTheyAreRemembered) {
    EXPECT_THAT(tool({"clients", "list", me()}).out, HasSubstr("no remembered clients"));
    remember();
    const Finished done = tool({"clients", "list", me()});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, ContainsRegex("SERVICE  ADDRESS      SINCE             UNTIL\n"
                                        "sshd     192.0.2.7    20.*\n"
                                        "nginx    192.0.2.7    20.*\n"
                                        "sshd     2001:db8::7  20.*\n$"));
    const auto list = json({"clients", "list", me()});
    EXPECT_EQ(list["user"], me());
    ASSERT_THAT(list["clients"], SizeIs(3));
    EXPECT_EQ(list["clients"][1]["service"], "nginx");
    EXPECT_EQ(list["clients"][1]["until"], utc_second(account(me()).state.clients[1].until));
}

TEST_F(Clients, AreDroppedByAddressAndService) {
    remember();
    EXPECT_THAT(tool({"clients", "drop", me(), "198.51.100.1"}).out,
                HasSubstr(" 0 remembered clients dropped"));
    EXPECT_THAT(left(), SizeIs(4)) << "nothing was written";
    const auto one = json({"clients", "drop", me(), "::ffff:192.0.2.7", "--service", "nginx"});
    EXPECT_EQ(one["dropped"], 1);
    EXPECT_EQ(one["changed"], true);
    EXPECT_EQ(left(), (Left{"sshd 192.0.2.7", "sshd 2001:db8::7"})) << "what has ended goes with it";
    EXPECT_THAT(tool({"clients", "drop", me(), "2001:DB8:0::7"}).out,
                HasSubstr(" 1 remembered client dropped"));
    EXPECT_EQ(left(), (Left{"sshd 192.0.2.7"}));
    remember();
    EXPECT_EQ(json({"clients", "drop", me(), "--service", "sshd"})["dropped"], 2);
    EXPECT_EQ(left(), (Left{"nginx 192.0.2.7"}));
    remember();
    EXPECT_EQ(json({"clients", "drop", me()})["dropped"], 3);
    EXPECT_EQ(left(), Left{});
    EXPECT_EQ(json({"clients", "drop", me()})["changed"], false);
}

TEST_F(Clients, AreAskedForInWordsThatMakeSense) {
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"clients"},
                                               {"clients", "forget", me()},
                                               {"clients", "list"},
                                               {"clients", "list", me(), "192.0.2.7"},
                                               {"clients", "list", me(), "--service", "sshd"},
                                               {"clients", "drop", me(), "host.example"},
                                               {"clients", "drop", me(), "192.0.2.7", "x"},
                                               {"clients", "drop", "a/b"}}) {
        EXPECT_EQ(tool(words).status, 2);
    }
    ASSERT_EQ(tool({"disable", me(), "--yes"}).status, 0);
    for (const std::string what : {"list", "drop"}) {
        EXPECT_EQ(tool({"clients", what, me()}).status, 6);
        EXPECT_EQ(tool({"clients", what, "nobody.by.this.name"}).status, 3);
    }
}

}  // namespace

}  // namespace secondstep::testing
