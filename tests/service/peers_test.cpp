// Who may ask for whom, and how much: the built service and callers with other uids.

#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <sstream>
#include <vector>

#include "service/client.h"
#include "service/in_process_service.h"
#include "service/installation.h"
#include "service/service_process.h"

namespace secondstep::testing {
namespace {

constexpr uid_t nobody = 65534;
constexpr uid_t daemon_uid = 1;

// The verdict as an exit status, so that it comes out of a child.
int ask(const Installation& installation, const wire::Hello& hello, const std::vector<std::string>& answers) {
    return static_cast<int>(Client(installation.socket()).log_in(hello, answers));
}

int status_of(Verdict verdict) {
    return static_cast<int>(verdict);
}

std::string name_of(uid_t uid) {
    const passwd* entry = ::getpwuid(uid);
    return entry == nullptr ? "" : entry->pw_name;
}

constexpr bool is_sanitized = SECONDSTEP_SANITIZED != 0;

TEST(ServicePeers, AnOrdinaryUserAsksForHimselfOnly) {
    Installation installation("action = require\n");
    ServiceProcess service(installation);
    const uid_t caller = is_root() ? nobody : ::getuid();
    const auto enrolled = installation.enroll(name_of(caller), caller);
    const auto for_other = [&] { return ask(installation, hello_for("root"), {"123456"}); };
    const auto for_unknown = [&] { return ask(installation, hello_for("no-such-user"), {"123456"}); };
    const auto for_self = [&] {
        return ask(installation, hello_for(name_of(caller)), {code_of(enrolled.key)});
    };
    const auto run = [&](const auto& work) { return is_root() ? in_child_as(caller, work) : in_child(work); };
    EXPECT_EQ(run(for_other), status_of(Verdict::not_allowed));
    EXPECT_EQ(run(for_unknown), status_of(Verdict::not_allowed));
    EXPECT_EQ(run(for_self), status_of(Verdict::accepted));
}

// break2 2: a user filled the log, and with the log's own limit the lines about everybody else were lost.
TEST(ServicePeers, AFloodOfOneUidLeavesTheLinesAboutOthersAndIsCounted) {
    if (!is_root()) GTEST_SKIP() << "needs root: callers of several uids";
    InProcessService::Shape shape;
    shape.configuration = "action = require\n";
    InProcessService service(shape);
    const auto flood = [&](int requests) {
        return in_child_as(nobody, [&] {
            for (int i = 0; i < requests; ++i)
                static_cast<void>(Client(service.path()).log_in(hello_for("root"), {}));
            return 0;
        });
    };
    constexpr int half = 5000;
    EXPECT_EQ(flood(half), 0);
    EXPECT_NE(Client(service.path()).log_in(hello_for(name_of(daemon_uid)), {"123456"}), Verdict::accepted);
    EXPECT_EQ(flood(half), 0);
    service.context().caller_journals.tell_everything();
    std::size_t lines = 0;
    std::size_t left_out = 0;
    std::size_t summaries = 0;
    std::size_t about_others = 0;
    std::istringstream log(service.log());
    for (std::string line; std::getline(log, line); ++lines) {
        const std::size_t more = line.find(" more of uid " + std::to_string(nobody));
        if (more != std::string::npos) left_out += std::stoul(line.substr(line.rfind(' ', more - 1) + 1));
        summaries += more != std::string::npos ? 1 : 0;
        about_others += line.find("user=" + name_of(daemon_uid) + " ") != std::string::npos ? 1 : 0;
    }
    EXPECT_GE(about_others, 1U);
    // A minute, or two when this took longer.
    EXPECT_LE(lines, 2U * 61 + 5);
    EXPECT_EQ(left_out + lines - about_others - summaries, 2U * half) << "each is written or counted";
}

TEST(ServicePeers, RootAsksForAnybody) {
    if (!is_root()) GTEST_SKIP() << "needs root: it asks as root";
    Installation installation;
    ServiceProcess service(installation);
    const auto enrolled = installation.enroll(name_of(nobody), nobody);
    EXPECT_EQ(ask(installation, hello_for(name_of(nobody)), {code_of(enrolled.key)}),
              status_of(Verdict::accepted));
}

TEST(ServicePeers, ATrustedCallerAsksOnItsServiceForAnybodyButRoot) {
    if (!is_root()) GTEST_SKIP() << "needs root: callers of several uids";
    Installation installation("action = require\ntrusted_callers = " + name_of(daemon_uid) + ":portal\n");
    ServiceProcess service(installation);
    const auto enrolled = installation.enroll(name_of(nobody), nobody);
    const auto as_daemon = [&](const std::string& user, const std::string& pam_service) {
        return in_child_as(daemon_uid, [&] {
            return ask(installation, hello_for(user, pam_service), {code_of(enrolled.key)});
        });
    };
    EXPECT_EQ(as_daemon(name_of(nobody), "sshd"), status_of(Verdict::not_allowed));
    EXPECT_EQ(as_daemon("root", "portal"), status_of(Verdict::not_allowed));
    EXPECT_EQ(as_daemon(name_of(nobody), "portal"), status_of(Verdict::accepted));
}

TEST(ServicePeers, ATrustedCallerWithoutAnAccountIsWarnedAbout) {
    Installation installation("trusted_callers = no-such-account:portal\n");
    ServiceProcess service({.arguments = {"--foreground", "--config", installation.config()}});
    service.await_line("no-such-account:portal is trusted with nothing");
    service.await_line("is ready");
}

TEST(ServicePeers, NamesOutsidePasswdExistOnPortalServicesOnly) {
    if (!is_root()) GTEST_SKIP() << "needs root: an ordinary uid asks for itself only";
    Installation installation("action = require\nportal_services = portal\n");
    ServiceProcess service(installation);
    const auto enrolled = installation.enroll("customer-7", std::nullopt);
    const std::vector<std::string> answers(3, code_of(enrolled.key));
    EXPECT_EQ(ask(installation, hello_for("customer-7", "sshd"), answers), status_of(Verdict::refused));
    EXPECT_EQ(ask(installation, hello_for("customer-7", "portal"), answers), status_of(Verdict::accepted));
}

// --- how many at once ---

int wait_at_prompts(const Installation& installation, const std::string& name, int count) {
    std::vector<Client> clients;
    for (int i = 0; i < count; ++i) {
        clients.emplace_back(installation.socket());
        clients.back().send(hello_for(name));
        if (!clients.back().next_question()) return i;
    }
    return count;
}

TEST(ServicePeers, AnOrdinaryUidHoldsEightDialogues) {
    Installation installation("action = require\n");
    ServiceProcess service(installation);
    const uid_t caller = is_root() ? nobody : ::getuid();
    const auto work = [&] { return wait_at_prompts(installation, name_of(caller), 20); };
    EXPECT_EQ(is_root() ? in_child_as(caller, work) : in_child(work), 8);
    service.await_line("holds as many dialogues as it may");
}

TEST(ServicePeers, ATrustedCallerHolds256Dialogues) {
    if (!is_root()) GTEST_SKIP() << "needs root: a caller of another uid";
    Installation installation("action = require\ntrusted_callers = " + name_of(daemon_uid) + ":portal\n");
    ServiceProcess service(installation);
    const auto work = [&] { return wait_at_prompts(installation, name_of(daemon_uid), 300) == 256 ? 0 : 1; };
    EXPECT_EQ(in_child_as(daemon_uid, work), 0);
}

bool raise_descriptors(rlim_t wanted) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max < wanted) return false;
    limit.rlim_cur = wanted;
    return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

TEST(ServicePeers, TenThousandDialoguesWaitAndALoginGoesOn) {
    if (!is_root()) GTEST_SKIP() << "needs root: an ordinary uid holds 8 dialogues";
    if (!raise_descriptors(10'100)) GTEST_SKIP() << "needs a hard limit of 10100 descriptors (ulimit -Hn)";
    Installation installation("action = require\n");
    ServiceProcess service(installation);
    const auto enrolled = installation.enroll_self();
    const long before = service.status_number("VmRSS");
    constexpr int many = 10'000;
    std::vector<Client> waiting;
    waiting.reserve(many);
    for (int i = 0; i < many; ++i) {
        waiting.emplace_back(installation.socket());
        waiting.back().send(hello_for(name_of(nobody)));
    }
    for (Client& client : waiting)
        ASSERT_TRUE(client.next_question());
    const double each = static_cast<double>(service.status_number("VmRSS") - before) / many;
    std::printf("memory of the service per waiting dialogue: %.2f KiB\n", each);
    // AddressSanitizer keeps zones around every allocation.
    if (!is_sanitized) {
        EXPECT_LT(each, 16.0);
    }
    EXPECT_EQ(ask(installation, hello_for(own_name()), {code_of(enrolled.key)}),
              status_of(Verdict::accepted));
    EXPECT_EQ(service.end(), 0);
    service.read_log_to_end();
    EXPECT_NE(service.log().find("10000 waiting dialogues were ended"), std::string::npos);
    EXPECT_FALSE(waiting.back().next_question());
    EXPECT_EQ(waiting.back().verdict(), Verdict::unavailable);
}

}  // namespace
}  // namespace secondstep::testing
