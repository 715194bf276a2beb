#include "wire/once.h"

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include "support/temporary_directory.h"
#include "wire/deadline.h"
#include "wire/service_link.h"

namespace secondstep::wire {
namespace {

using namespace std::chrono_literals;

// Starting a program under another account's ids is root's alone. The program is a shell script that reports
// about itself on descriptor 3, one packet for each printf.
class Once : public ::testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root";
        ASSERT_EQ(::chmod(directory_.path().c_str(), 0711), 0);
    }

    OnceProgram script(const std::string& body, const std::string& config = {}) {
        const std::string path = directory_.file("program");
        std::ofstream(path) << "#!/bin/sh\n" << body << "\n";
        EXPECT_EQ(::chmod(path.c_str(), 0755), 0);
        return {.path = path, .config = config, .account = "nobody"};
    }

    // What the script's standard output would be, without the last newline.
    std::string report(const std::string& commands, const std::string& config = {}) {
        return report_of(start_once(reporting(commands, config)));
    }

    OnceProgram reporting(const std::string& commands, const std::string& config = {}) {
        return script("printf %s \"$(" + commands + ")\" >&3", config);
    }

    static std::string report_of(const Result<wire::Once>& once) {
        if (!once) return once.error().detail;
        const std::string text = packet_from(once->socket);
        end_once(once->process, 5s);
        return text;
    }

    static std::string packet_from(const UniqueFd& socket) {
        EXPECT_TRUE(Deadline(180s).await(socket.get(), POLLIN));
        std::string text(4096, '\0');
        const ssize_t size = ::recv(socket.get(), text.data(), text.size(), 0);
        text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
        return text;
    }

    static bool has_children() { return ::waitpid(-1, nullptr, __WALL | WNOHANG) >= 0; }

    secondstep::testing::TemporaryDirectory directory_;
};

// Lets go of what a test changed in its own process.
class SoftLimit {
  public:
    SoftLimit(__rlimit_resource resource, rlim_t soft) : resource_(resource) {
        EXPECT_EQ(::getrlimit(resource, &before_), 0);
        rlimit changed = before_;
        changed.rlim_cur = soft;
        EXPECT_EQ(::setrlimit(resource, &changed), 0);
    }
    SoftLimit(const SoftLimit&) = delete;
    SoftLimit& operator=(const SoftLimit&) = delete;
    ~SoftLimit() { ::setrlimit(resource_, &before_); }

  private:
    __rlimit_resource resource_;
    rlimit before_{};
};

class SignalAction {
  public:
    SignalAction(int signal, void (*handler)(int)) : signal_(signal) {
        struct sigaction action{};
        action.sa_handler = handler;
        action.sa_flags = SA_RESTART;
        EXPECT_EQ(::sigaction(signal, &action, &before_), 0);
    }
    SignalAction(const SignalAction&) = delete;
    SignalAction& operator=(const SignalAction&) = delete;
    ~SignalAction() { ::sigaction(signal_, &before_, nullptr); }

  private:
    int signal_;
    struct sigaction before_{};
};

void reap_everything(int /*signal*/) {
    const int kept = errno;
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
    errno = kept;
}

// A group more for the test's own process.
class FurtherGroup {
  public:
    explicit FurtherGroup(gid_t group) : before_(static_cast<std::size_t>(::getgroups(0, nullptr))) {
        EXPECT_GE(::getgroups(static_cast<int>(before_.size()), before_.data()), 0);
        EXPECT_EQ(::setgroups(1, &group), 0);
    }
    FurtherGroup(const FurtherGroup&) = delete;
    FurtherGroup& operator=(const FurtherGroup&) = delete;
    ~FurtherGroup() { ::setgroups(before_.size(), before_.data()); }

  private:
    std::vector<gid_t> before_;
};

TEST_F(Once, RunsWithTheIdsOfTheAccountAlone) {
    const FurtherGroup group(65533);
    EXPECT_EQ(report("grep -E '^(Uid|Gid|Groups):' /proc/$$/status | tr -s '\\t\\n ' ' '"),
              "Uid: 65534 65534 65534 65534 Gid: 65534 65534 65534 65534 Groups: ");
}

TEST_F(Once, HasNoCapability) {
    EXPECT_EQ(report("grep -E '^Cap(Prm|Eff|Amb):' /proc/$$/status | grep -cv 0000000000000000"), "0");
}

TEST_F(Once, IsToldToServeOnce) {
    EXPECT_EQ(report("printf '%s,' \"$@\""), "--once,");
    EXPECT_EQ(report("printf '%s,' \"$@\"", "/etc/a b.conf"), "--once,--config,/etc/a b.conf,");
}

TEST_F(Once, InheritsNoEnvironment) {
    ASSERT_EQ(::setenv("SECONDSTEP_TEST", "x", 1), 0);
    EXPECT_EQ(report("wc -c < /proc/$$/environ"), "0");
}

TEST_F(Once, InheritsNoDescriptor) {
    const UniqueFd kept(::open("/etc/passwd", O_RDONLY));
    const UniqueFd high(::fcntl(kept.get(), F_DUPFD, 500));
    ASSERT_TRUE(high.valid());
    // The shell itself adds a pipe and its script.
    EXPECT_EQ(report("for d in /proc/$$/fd/*; do readlink $d; done | sed 's/:.*//' | grep -Ev "
                     "'^pipe|program$' | tr '\\n' ' '"),
              "/dev/null /dev/null /dev/null socket ");
}

TEST_F(Once, WorksInAHostThatHasClosedItsStandardDescriptors) {
    const OnceProgram program = script("printf %s \"$(readlink /proc/$$/fd/0)\" >&3");
    const pid_t host = ::fork();
    if (host == 0) {
        for (int fd = 0; fd <= 2; ++fd)
            ::close(fd);
        const Result<wire::Once> once = start_once(program);
        const bool high = once && once->socket.get() > 2 && once->process.get() > 2;
        const bool right = high && packet_from(once->socket) == "/dev/null";
        if (once) end_once(once->process, 5s);
        ::_exit(right ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(host, &status, 0), host);
    EXPECT_EQ(status, 0);
}

TEST_F(Once, TakesLimitsOfItsOwn) {
    const OnceProgram program =
        reporting("echo $(ulimit -f) $(ulimit -t) $(ulimit -n) $(ulimit -c) $(ulimit -v)");
    const auto once = [&] {
        const SoftLimit files(RLIMIT_FSIZE, 0);
        const SoftLimit time(RLIMIT_CPU, 3600);
        const SoftLimit descriptors(RLIMIT_NOFILE, 64);
        return start_once(program);
    }();
    EXPECT_EQ(report_of(once), "unlimited unlimited 1024 0 unlimited");
}

TEST_F(Once, TakesDefaultSignals) {
    const SignalAction ignored(SIGTERM, SIG_IGN);
    const SignalAction handled(SIGUSR1, reap_everything);
    sigset_t blocked, before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, &blocked, &before), 0);
    // Of what the shell has started: it may be inside of a fork(), during which libc since 2.41 blocks all signals.
    const std::string masks = report("grep -E '^Sig(Blk|Ign):' /proc/self/status | tr -s '\\t\\n' ' '");
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    EXPECT_EQ(masks, "SigBlk: 0000000000000000 SigIgn: 0000000000000000 ");
}

TEST_F(Once, LeavesTheHostsTerminalDirectoryAndMask) {
    EXPECT_EQ(report("cut -d' ' -f6 /proc/$$/stat | grep -cx $$"), "1");  // leads a session
    EXPECT_EQ(report("readlink /proc/$$/cwd"), "/");
    EXPECT_EQ(report("umask"), "0077");
}

TEST_F(Once, LeavesNoChildBehind) {
    ASSERT_FALSE(has_children());
    EXPECT_EQ(report("echo x"), "x");
    EXPECT_FALSE(has_children());
}

TEST_F(Once, EndsWhatDoesNotEndItself) {
    const Result<wire::Once> once = start_once(script("trap '' TERM HUP; exec sleep 1000"));
    ASSERT_TRUE(once);
    EXPECT_TRUE(has_children());
    end_once(once->process, 20ms);
    EXPECT_FALSE(has_children());
}

TEST_F(Once, SurvivesAHostThatReapsEveryChild) {
    const SignalAction reaper(SIGCHLD, reap_everything);
    EXPECT_EQ(report("echo x"), "x");
    EXPECT_FALSE(has_children());
}

TEST_F(Once, SurvivesAHostThatIgnoresItsChildren) {
    const SignalAction ignored(SIGCHLD, SIG_IGN);
    EXPECT_EQ(report("echo x"), "x");
    EXPECT_FALSE(has_children());
}

TEST_F(Once, RefusesAnUnknownAccountAndRoots) {
    OnceProgram program = script("exit 0");
    program.account = "no-such-account-here";
    EXPECT_EQ(start_once(program).error().code, Errc::not_found);
    program.account = "root";
    EXPECT_EQ(start_once(program).error().code, Errc::invalid);
    EXPECT_FALSE(has_children());
}

TEST_F(Once, ServesALinkWhenNobodyListens) {
    const OnceProgram program = script("dd bs=8192 count=1 <&3 >/dev/null; printf '\\001\\005\\001' >&3");
    {
        Result<ServiceLink> link = ServiceLink::open({.socket = directory_.file("none"),
                                                      .service_program = program.path,
                                                      .service_account = program.account,
                                                      .answer_timeout = 180s});
        ASSERT_TRUE(link);
        ASSERT_TRUE(link->send(Hello{}));
        const Result<Message> end = link->receive();
        ASSERT_TRUE(end);
        EXPECT_EQ(std::get<End>(*end).verdict, Verdict::accepted);
    }
    EXPECT_FALSE(has_children());
}

TEST_F(Once, ProgramThatIsMissingEndsTheDialogue) {
    Result<ServiceLink> link = ServiceLink::open({.socket = directory_.file("none"),
                                                  .service_program = directory_.file("missing"),
                                                  .service_account = "nobody",
                                                  .answer_timeout = 180s});
    ASSERT_TRUE(link);
    const Result<Message> message = link->receive();
    ASSERT_FALSE(message);
    EXPECT_EQ(message.error().code, Errc::closed);
}

}  // namespace
}  // namespace secondstep::wire
