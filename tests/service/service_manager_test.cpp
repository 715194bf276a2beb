// What the service tells systemd, and when it stops telling it.
#include "process/service_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "base/text.h"
#include "service/client.h"
#include "service/installation.h"
#include "service/service_process.h"
#include "support/injected_fault.h"
#include "support/temporary_directory.h"

namespace secondstep::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::MatchesRegex;

// systemd's end.
class Listening {
  public:
    explicit Listening(std::string name)
        : name_(std::move(name)), fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        name_.copy(address.sun_path, name_.size());
        if (name_.front() == '@') address.sun_path[0] = '\0';
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
        if (::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0)
            throw std::runtime_error("bind " + name_);
        if (name_.front() == '/') std::filesystem::permissions(name_, std::filesystem::perms{0777});
    }
    [[nodiscard]] const std::string& name() const { return name_; }

    // The next message; "SILENCE" when none comes.
    std::string hears(std::chrono::milliseconds patience = 180s) {
        pollfd ready{.fd = fd_.get(), .events = POLLIN, .revents = 0};
        if (::poll(&ready, 1, static_cast<int>(patience.count())) != 1) return "SILENCE";
        std::array<char, 512> text{};
        const ssize_t size = ::recv(fd_.get(), text.data(), text.size(), 0);
        return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
    }
    // The next one that is no sign of life.
    std::string hears_news() {
        std::string text = "WATCHDOG=1";
        while (text == "WATCHDOG=1")
            text = hears();
        return text;
    }

  private:
    std::string name_;
    UniqueFd fd_;
};

std::string abstract_name() {
    return "@secondstep-test-" + std::to_string(::getpid());
}

class ServiceManagerTest : public ::testing::Test {
  protected:
    void start(const std::string& watchdog_usec) {
        service_.emplace(ServiceProcess::Start{
            .arguments = {"--foreground", "--config", installation_.config()},
            .environment = {{"NOTIFY_SOCKET", systemd_.name()}, {"WATCHDOG_USEC", watchdog_usec}}});
    }
    Installation installation_{"action = require\n"};
    Listening systemd_{abstract_name()};
    std::optional<ServiceProcess> service_;
};

TEST_F(ServiceManagerTest, HearsOfEveryStage) {
    start("0");
    EXPECT_EQ(systemd_.hears(), "READY=1");
    EXPECT_EQ(try_connect(installation_.socket()), 0);
    service_->signal(SIGHUP);
    EXPECT_THAT(systemd_.hears(), MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+"));
    EXPECT_EQ(systemd_.hears(), "READY=1");
    service_->signal(SIGTERM);
    EXPECT_EQ(systemd_.hears(), "STOPPING=1");
    EXPECT_EQ(service_->wait(), 0);
    EXPECT_EQ(systemd_.hears(1ms), "SILENCE");
}

TEST_F(ServiceManagerTest, HearsTheWatchdogAgainAndAgain) {
    start("400000");
    EXPECT_EQ(systemd_.hears(), "READY=1");
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(systemd_.hears(), "WATCHDOG=1");
    installation_.write_config("wrong");
    service_->signal(SIGHUP);
    EXPECT_THAT(systemd_.hears_news(), MatchesRegex("RELOADING=1\n.*"));
    EXPECT_EQ(systemd_.hears_news(), "READY=1") << "the last good configuration stays in force";
}

// The first thread of the event loop: the main thread has the process' number.
pid_t a_thread_of(pid_t process) {
    for (const auto& each :
         std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
        const auto thread = parse_number<pid_t>(each.path().filename().string());
        if (thread && *thread != process) return *thread;
    }
    throw std::runtime_error("no thread of the event loop");
}

// The watch is 100 ms long. What was on its way when the fault began comes within the first of two.
void expect_no_sign_of_life(Listening& systemd, const char* call) {
    for (int i = 0; i < 5 && systemd.hears(300ms) == "WATCHDOG=1"; ++i) {
    }
    EXPECT_EQ(systemd.hears(1500ms), "SILENCE") << call;
}

TEST_F(ServiceManagerTest, HearsNoWatchdogWhileOneThreadHearsNothing) {
    if (!InjectedFault::is_possible()) GTEST_SKIP() << "needs root and strace";
    start("400000");
    service_->await_line("is ready");
    EXPECT_EQ(systemd_.hears(), "READY=1");
    EXPECT_EQ(systemd_.hears(), "WATCHDOG=1");
    InjectedFault fault(a_thread_of(service_->pid()), InjectedFault::Threads::this_one, "epoll_wait",
                        "error=EINTR");
    fault.await_start();
    expect_no_sign_of_life(systemd_, "epoll_wait");
    fault.end();
    EXPECT_EQ(systemd_.hears(), "WATCHDOG=1");
}

TEST_F(ServiceManagerTest, HearsNoWatchdogWhileNoTimeComes) {
    if (!InjectedFault::is_possible()) GTEST_SKIP() << "needs root and strace";
    start("400000");
    service_->await_line("is ready");
    EXPECT_EQ(systemd_.hears(), "READY=1");
    EXPECT_EQ(systemd_.hears(), "WATCHDOG=1");
    InjectedFault fault(service_->pid(), InjectedFault::Threads::all, "timerfd_settime", "error=EINVAL");
    fault.await_start();
    expect_no_sign_of_life(systemd_, "timerfd_settime");
    fault.end();
    EXPECT_EQ(systemd_.hears(), "WATCHDOG=1");
}

TEST(ServiceManager, IsFoundByAPathToo) {
    const TemporaryDirectory directory;
    Listening systemd(directory.file("notify"));
    const process::ServiceManager manager(systemd.name());
    EXPECT_TRUE(manager.ready());
    EXPECT_EQ(systemd.hears(), "READY=1");
    manager.still_alive();
    EXPECT_EQ(systemd.hears(), "WATCHDOG=1");
}

TEST(ServiceManager, ThatIsGoneIsNoReasonToWait) {
    const TemporaryDirectory directory;
    EXPECT_FALSE(process::ServiceManager(directory.file("none")).ready());
    EXPECT_FALSE(process::ServiceManager("/" + std::string(200, 'x')).ready());
    EXPECT_TRUE(process::ServiceManager("").ready()) << "nobody wants to know";
}

TEST(ServiceManager, WhoseWatchdogIsAnotherProcessesIsNotFed) {
    ::setenv("WATCHDOG_USEC", "90000000", 1);
    EXPECT_EQ(process::ServiceManager::from_environment().watchdog(), 90s);
    ::setenv("WATCHDOG_PID", "1", 1);
    EXPECT_EQ(process::ServiceManager::from_environment().watchdog(), 0s);
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    EXPECT_EQ(process::ServiceManager::from_environment().watchdog(), 90s);
    ::unsetenv("WATCHDOG_PID");
    ::unsetenv("WATCHDOG_USEC");
}

}  // namespace
}  // namespace secondstep::testing
