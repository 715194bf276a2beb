// The program itself: its command line, its configuration, its sockets, its manual page.
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>

#include "relay/options.h"
#include "relay/played_service.h"
#include "relay/relay_world.h"
#include "relay/speech.h"
#include "support/child_process.h"
#include "support/lines_too_long.h"

namespace secondstep::testing {
namespace {

using ::testing::HasSubstr;

struct Ended {
    int status;
    std::string said;
};

Ended run(std::vector<std::string> arguments) {
    RelayProcess process({.arguments = std::move(arguments)});
    process.read_log_to_end();
    return {process.wait(), process.log()};
}

TEST(RelayProgram, SaysWhichOptionIsWrong) {
    EXPECT_EQ(run({"--nonsense"}).status, 2);
    EXPECT_THAT(run({"--join", "auth1"}).said, HasSubstr("--join and --name go together"));
    EXPECT_THAT(run({"--name", "web01"}).said, HasSubstr("--join and --name go together"));
    EXPECT_THAT(run({"--directory", "/tmp"}).said, HasSubstr("--directory goes with --join"));
    EXPECT_THAT(run({"--certificate"}).said, HasSubstr("--certificate goes with --join"));
}

TEST(RelayProgram, EveryOptionStandsInTheManualPage) {
    const std::string page = content_of(SECONDSTEP_SOURCE_DIR "/etc/man/secondstep-relay.8");
    const std::string usage = relay::usage();
    EXPECT_EQ(lines_too_long(usage), "");
    for (const char* const option :
         {"config", "foreground", "join", "name", "directory", "certificate", "help", "version"}) {
        EXPECT_THAT(usage, HasSubstr(std::string("--") + option));
        EXPECT_THAT(page, HasSubstr(std::string("-") + option));
    }
}

TEST(RelayProgram, IsNothingForAMachineInNoFleet) {
    const TemporaryDirectory directory;
    write_file(directory.file("none.conf"), "issuer = x\n", 0644, false);
    const Ended none = run({"--foreground", "--config", directory.file("none.conf")});
    EXPECT_EQ(none.status, 3);
    EXPECT_THAT(none.said, HasSubstr("This machine is in no fleet"));
    write_file(directory.file("host.conf"), "fleet = host\n", 0644, false);
    const Ended host = run({"--foreground", "--config", directory.file("host.conf")});
    EXPECT_EQ(host.status, 3);
    EXPECT_THAT(host.said, HasSubstr("needs `fleet_nodes`"));
}

TEST(RelayProgram, OfANodeEndsWhereItsPortIsTaken) {
    RelayWorld world;
    const RelayWorld::Machine node = world.node("auth1");
    RelayProcess first(node.config);
    first.await_line("is ready");
    const Ended second = run({"--foreground", "--config", node.config});
    EXPECT_EQ(second.status, 1);
    EXPECT_THAT(second.said, HasSubstr("fleet_listen"));
}

TEST(RelayProgram, OfANodeReadsItsCertificateAgain) {
    RelayWorld world;
    const RelayWorld::Machine node = world.node("auth1");
    RelayProcess process(node.config);
    process.await_line("is ready");
    const auto soon = world.authority().issue("auth1", FleetAuthority::For::node,
                                              {std::chrono::seconds{-60}, std::chrono::hours{24}});
    world.put_certificate(node, "node", soon, world.authority().certificate());
    process.signal(SIGHUP);
    process.await_line("The certificate was read again");
    write_file(node.directory + "/node.key", "nonsense", 0400, true);
    process.signal(SIGHUP);
    process.await_line("that in use stays");
    EXPECT_EQ(process.end(), 0);
}

TEST(RelayProgram, BelievesNoKeyThatOthersMayRead) {
    RelayWorld world;
    const RelayWorld::Machine node = world.node("auth1");
    ASSERT_EQ(::chmod((node.directory + "/node.key").c_str(), 0444), 0);
    const Ended ended = run({"--foreground", "--config", node.config});
    EXPECT_EQ(ended.status, 1);
    EXPECT_THAT(ended.said, HasSubstr("node.key"));
}

// A socket that systemd passes; everybody may connect to this one, and is asked who they are.
TEST(RelayProgram, OfAHostTakesNobodyButTheService) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs another uid";
    RelayWorld world;
    const RelayWorld::Machine node = world.node("auth1");
    const RelayWorld::Machine host = world.host("web01", {node});
    const UniqueFd listener(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = world.path("passed.sock");
    path.copy(address.sun_path, path.size());
    ASSERT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    ASSERT_EQ(::chmod(path.c_str(), 0666), 0);
    ASSERT_EQ(::listen(listener.get(), 16), 0);
    RelayProcess process({.arguments = {"--foreground", "--config", host.config},
                          .third_descriptor = listener.get(),
                          .activated = true});
    process.await_line("is ready: a host, socket " + path);
    const auto first_word_for = [&](uid_t uid) {
        return status_in_child([&] {
            if (::setresuid(uid, uid, uid) != 0) return 9;
            PacketPeer talk(path);
            talk.send(open_of("alice"));
            return said(talk.receive()) == "(lost 1)" ? 1 : 0;
        });
    };
    EXPECT_EQ(first_word_for(65534), 1) << "the service_account of this configuration";
    EXPECT_EQ(first_word_for(0), 1);
    EXPECT_NE(first_word_for(1), 1);
    process.await_line("uid 1 may not ask the nodes");
}

// It binds for the service: nobody else may even connect.
TEST(RelayProgram, OfAHostBindsForTheService) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    RelayWorld world;
    const RelayWorld::Machine host = world.host("web01", {world.node("auth1")});
    RelayProcess process(host.config);
    process.await_line("is ready");
    struct stat about{};
    ASSERT_EQ(::stat(host.socket.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 07777U, 0600U);
    EXPECT_EQ(about.st_uid, 65534U);
    EXPECT_EQ(process.status_number("Uid"), 65534);
}

}  // namespace
}  // namespace secondstep::testing
