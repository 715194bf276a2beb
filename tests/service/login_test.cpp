// The built service, started as a process of its own.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <thread>

#include "process/listening_socket.h"
#include "service/client.h"
#include "service/installation.h"
#include "service/service_process.h"

namespace secondstep::testing {
namespace {

Verdict log_in(const Installation& installation, const std::vector<std::string>& answers) {
    return Client(installation.socket()).log_in(hello_for(own_name()), answers);
}

unsigned codes_left(const Installation& installation) {
    const Account account = installation.account(own_name());
    return static_cast<unsigned>(recovery_codes_left(*account.credential, account.state));
}

// --- logins ---

TEST(Service, ARightCodeIsAcceptedOnce) {
    Installation installation;
    const auto enrolled = installation.enroll_self();
    ServiceProcess service(installation);
    const std::string code = code_of(enrolled.key);
    EXPECT_EQ(log_in(installation, {code}), Verdict::accepted);
    service.await_line("verdict=accepted user=" + own_name() + " service=sshd");
    EXPECT_EQ(log_in(installation, {code}), Verdict::cancelled);
    service.await_line("reason=reused");
    EXPECT_EQ(service.log().find(code), std::string::npos);
}

TEST(Service, ThreeWrongCodesAreARefusal) {
    Installation installation;
    const auto enrolled = installation.enroll_self();
    ServiceProcess service(installation);
    const std::string wrong = wrong_code(enrolled.key);
    EXPECT_EQ(log_in(installation, {wrong, wrong, wrong}), Verdict::refused);
    service.await_line("verdict=refused");
    EXPECT_EQ(service.log().find(wrong), std::string::npos);
}

TEST(Service, ARecoveryCodeIsAcceptedOnce) {
    Installation installation;
    const auto enrolled = installation.enroll_self(3);
    ServiceProcess service(installation);
    const std::string code(enrolled.recovery_codes.at(1).text());
    EXPECT_EQ(log_in(installation, {code}), Verdict::accepted);
    EXPECT_EQ(codes_left(installation), 2U);
    EXPECT_EQ(log_in(installation, {code}), Verdict::cancelled);
    EXPECT_EQ(codes_left(installation), 2U);
}

TEST(Service, WhoIsNotEnrolledGoesOnUnlessItIsRequired) {
    Installation installation;
    ServiceProcess service(installation);
    EXPECT_EQ(log_in(installation, {}), Verdict::not_needed);
    service.await_line("verdict=not-needed");
    installation.write_config(installation.configuration() + "action = require\n");
    service.signal(SIGHUP);
    service.await_line("was reloaded");
    EXPECT_EQ(log_in(installation, {"123456", "123456", "123456"}), Verdict::refused);
}

TEST(Service, TheNameOfNobodyIsNotLogged) {
    Installation installation("action = require\n");
    ServiceProcess service(installation);
    EXPECT_EQ(Client(installation.socket()).log_in(hello_for("my-password-42"), {"123456", "1", "2"}),
              is_root() ? Verdict::refused : Verdict::not_allowed);
    EXPECT_EQ(service.end(), 0);
    service.read_log_to_end();
    EXPECT_NE(service.log().find(is_root() ? "unknown user" : "not-allowed"), std::string::npos);
    EXPECT_EQ(service.log().find("my-password-42"), std::string::npos);
}

// --- signals ---

TEST(Service, SigtermEndsItCleanlyAndTakesTheSocketAway) {
    Installation installation;
    ServiceProcess service(installation);
    ASSERT_EQ(try_connect(installation.socket()), 0);
    EXPECT_EQ(service.end(), 0);
    service.read_log_to_end();
    EXPECT_NE(service.log().find("secondstepd ends"), std::string::npos);
    // Whoever gave root up may not remove what root made in its directory; a dead socket is left then.
    EXPECT_EQ(try_connect(installation.socket()), is_root() ? ECONNREFUSED : ENOENT);
}

TEST(Service, SigtermWhileARecoveryCodeIsDigestedLetsItsVerdictOut) {
    Installation installation;
    const auto enrolled = installation.enroll_self(3);
    ServiceProcess service(installation);
    Client client(installation.socket());
    client.send(hello_for(own_name()));
    ASSERT_TRUE(client.next_question());
    const long threads = service.status_number("Threads");
    client.answer(enrolled.recovery_codes.at(0).text());
    while (service.status_number("Threads") == threads)
        std::this_thread::yield();  // until scrypt has its thread
    service.signal(SIGTERM);
    EXPECT_FALSE(client.next_question());
    EXPECT_EQ(client.verdict(), Verdict::accepted);
    EXPECT_EQ(service.wait(), 0);
    service.read_log_to_end();
    EXPECT_NE(service.log().find("verdict=accepted"), std::string::npos);
    EXPECT_EQ(codes_left(installation), 2U);
}

TEST(Service, AfterSigkillAtAPromptTheNextServiceTakesOver) {
    Installation installation;
    const auto enrolled = installation.enroll_self();
    ServiceProcess first(installation);
    Client client(installation.socket());
    client.send(hello_for(own_name()));
    ASSERT_TRUE(client.next_question());
    first.signal(SIGKILL);
    EXPECT_EQ(first.wait(), 128 + SIGKILL);
    EXPECT_TRUE(client.hangs_up());
    EXPECT_EQ(try_connect(installation.socket()), ECONNREFUSED);
    ServiceProcess second(installation);
    EXPECT_EQ(log_in(installation, {code_of(enrolled.key)}), Verdict::accepted);
}

TEST(Service, ABadConfigurationIsNotTakenOver) {
    Installation installation("action = require\n");
    ServiceProcess service(installation);
    installation.write_config(installation.configuration() + "no_such_option = 1\n");
    service.signal(SIGHUP);
    service.await_line("the last good one stays in force");
    service.await_line(": unknown option;");
    EXPECT_EQ(log_in(installation, {}), Verdict::cancelled);  // still asked
}

TEST(Service, ALostHostKeyIsNotTakenOverEither) {
    Installation installation;
    const auto enrolled = installation.enroll_self();
    ServiceProcess service(installation);
    ASSERT_EQ(::unlink(installation.file("host.key").c_str()), 0);
    service.signal(SIGHUP);
    service.await_line("host key");
    EXPECT_EQ(log_in(installation, {code_of(enrolled.key)}), Verdict::accepted);
}

// --- starting ---

int failed_start(const ServiceProcess::Start& start, const std::string& words) {
    ServiceProcess service(start);
    service.read_log_to_end();
    EXPECT_NE(service.log().find(words), std::string::npos) << service.log();
    return service.wait();
}

TEST(ServiceStart, SaysWhatIsWrongAndHasAnExitStatusForIt) {
    Installation installation("nonsense = 1\n");
    EXPECT_EQ(failed_start({.arguments = {"--no-such-option"}}, "--no-such-option"), 2);
    EXPECT_EQ(failed_start({.arguments = {"--config", installation.config()}}, ":5: unknown option"), 3);
    EXPECT_EQ(failed_start({.arguments = {"--config", installation.file("none")}}, "none"), 3);
    installation.write_config(
        installation.configuration().substr(0, installation.configuration().find("nonsense")));
    ASSERT_EQ(::unlink(installation.file("host.key").c_str()), 0);
    EXPECT_EQ(failed_start({.arguments = {"--config", installation.config()}}, "host key"), 1);
}

TEST(ServiceStart, ASecondServiceDoesNotTakeTheSocketAway) {
    Installation installation;
    ServiceProcess first(installation);
    EXPECT_EQ(failed_start({.arguments = {"--config", installation.config()}}, "Another service listens"), 1);
    EXPECT_EQ(try_connect(installation.socket()), 0);
}

TEST(ServiceStart, AsRootItNeedsAnAccountOfItsOwn) {
    if (!is_root()) GTEST_SKIP() << "needs root: only root has privileges to give up";
    Installation installation;
    std::string text = installation.configuration();
    text.replace(text.find("nobody"), 6, "no-such-account");
    installation.write_config(text);
    EXPECT_EQ(failed_start({.arguments = {"--config", installation.config()}}, "run: secondstep setup"), 1);
    text.replace(text.find("no-such-account"), 15, "root");
    installation.write_config(text);
    EXPECT_EQ(failed_start({.arguments = {"--config", installation.config()}}, "is root's"), 1);
}

TEST(ServiceStart, AsRootItGivesRootUpForGood) {
    if (!is_root()) GTEST_SKIP() << "needs root: only root has privileges to give up";
    Installation installation;
    ServiceProcess service(installation);
    std::ifstream status("/proc/" + std::to_string(service.pid()) + "/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("Uid:") || line.starts_with("Gid:")) {
            EXPECT_EQ(line.find("\t0"), std::string::npos) << line;
        } else if (line.starts_with("Groups:")) {
            EXPECT_EQ(line.find_first_of("0123456789"), std::string::npos) << line;
        } else if (line.starts_with("CapEff:") || line.starts_with("CapPrm:")) {
            EXPECT_TRUE(line.ends_with("0000000000000000")) << line;
        } else if (line.starts_with("NoNewPrivs:")) {
            EXPECT_TRUE(line.ends_with("1")) << line;
        }
    }
}

TEST(ServiceStart, NobodyOfItsUidReadsItsMemory) {
    Installation installation;
    ServiceProcess service(installation);
    const auto open_memory = [&] {
        const UniqueFd memory(::open(("/proc/" + std::to_string(service.pid()) + "/mem").c_str(), O_RDONLY));
        return memory.valid() ? 1 : 0;
    };
    constexpr uid_t nobody = 65534;
    EXPECT_EQ(is_root() ? in_child_as(nobody, open_memory) : in_child(open_memory), 0);
}

TEST(ServiceStart, IsActivatedWithASocketThatSomebodyElseMade) {
    Installation installation;
    const auto enrolled = installation.enroll_self();
    const auto socket = process::ListeningSocket::bind_to(installation.file("passed.sock"));
    ASSERT_TRUE(socket.has_value());
    ServiceProcess service({.arguments = {"--foreground", "--config", installation.config()},
                            .third_descriptor = socket->get(),
                            .activated = true});
    service.await_line("is ready: socket " + installation.file("passed.sock"));
    EXPECT_EQ(Client(installation.file("passed.sock")).log_in(hello_for(own_name()), {code_of(enrolled.key)}),
              Verdict::accepted);
    EXPECT_EQ(try_connect(installation.socket()), ENOENT);
    EXPECT_EQ(service.end(), 0);
    // The socket is the manager's: it stays, and who connects now waits for the next service.
    EXPECT_EQ(try_connect(installation.file("passed.sock")), 0);
}

TEST(ServiceStart, RefusesToBeActivatedWithSomethingElse) {
    Installation installation;
    std::array<int, 2> pair{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
    const UniqueFd first(pair[0]);
    const UniqueFd second(pair[1]);
    EXPECT_EQ(failed_start({.arguments = {"--config", installation.config()},
                            .third_descriptor = first.get(),
                            .activated = true},
                           "ListenSequentialPacket"),
              1);
}

}  // namespace
}  // namespace secondstep::testing
