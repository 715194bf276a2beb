// Hosts that are unlike the usual one: closed descriptors, signals of their own, low limits, threads.
#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <security/pam_modules.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>
#include <thread>

#include "base/text.h"
#include "fake_service.h"
#include "stack.h"
#include "support/captured_syslog.h"
#include "support/child_process.h"
#include "support/pam_host.h"

namespace secondstep::testing {
namespace {

void accepting(Peer& peer) {
    peer.asks_once(Verdict::accepted);
}

bool is_open(int fd) {
    return ::fcntl(fd, F_GETFD) >= 0;
}

int highest_descriptor() {
    int highest = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        highest = std::max(highest, parse_number<int>(entry.path().filename().string()).value_or(0));
    }
    return highest;
}

TEST(HostProcess, WithItsStandardDescriptorsClosedKeepsThemFree) {
    const FakeService service(accepting);
    EXPECT_EQ(status_in_child([&] {
                  bool free_while_asked = false;
                  PamHost host(module_alone("socket=" + service.socket()), "alice", [&](const Heard&) {
                      free_while_asked = !is_open(0) && !is_open(1) && !is_open(2);
                      return Said{.text = "492039"};
                  });
                  for (int fd = 0; fd <= 2; ++fd)
                      ::close(fd);
                  return host.authenticate() == PAM_SUCCESS && free_while_asked ? 0 : 1;
              }),
              0);
}

TEST(HostProcess, DoesNotHandTheConnectionToItsChildren) {
    const FakeService service(accepting);
    int without_flag = -1;
    PamHost host(module_alone("socket=" + service.socket()), "alice", [&](const Heard&) {
        without_flag = 0;
        for (int fd = 3; fd <= highest_descriptor(); ++fd) {
            std::array<char, 64> target{};
            const std::string name = "/proc/self/fd/" + std::to_string(fd);
            const bool is_socket = ::readlink(name.c_str(), target.data(), target.size() - 1) > 0 &&
                                   std::strncmp(target.data(), "socket", 6) == 0;
            if (is_socket && (::fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0) ++without_flag;
        }
        return Said{.text = "492039"};
    });
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    EXPECT_EQ(without_flag, 0);
}

TEST(HostProcess, WithoutAnyDescriptorLeftIsAnOutage) {
    const FakeService service(accepting);
    EXPECT_EQ(status_in_child([&] {
                  const CapturedSyslog log;
                  PamHost host(module_alone("socket=" + service.socket()), "alice", typing({"492039"}));
                  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
                  if (::setrlimit(RLIMIT_NOFILE, &none) != 0) return 2;
                  // libpam has something to say about that itself (its audit socket),
                  // so the log is asked too.
                  if (host.authenticate() == PAM_SUCCESS) return 3;
                  return log.text().find("socket: Too many open files") != std::string::npos ? 0 : 1;
              }),
              0);
}

TEST(HostProcess, NeedsOneDescriptorOnly) {
    const FakeService service(accepting);
    EXPECT_EQ(status_in_child([&] {
                  PamHost host(module_alone("socket=" + service.socket()), "alice", typing({"492039"}));
                  const int highest = highest_descriptor();
                  for (int fd = 3; fd < highest; ++fd) {
                      if (!is_open(fd)) ::dup2(highest, fd);
                  }
                  if (is_open(highest)) ::close(highest);  // the one that is left
                  const auto limit = static_cast<rlim_t>(highest) + 1;
                  const rlimit one{.rlim_cur = limit, .rlim_max = limit};
                  if (::setrlimit(RLIMIT_NOFILE, &one) != 0) return 2;
                  return host.authenticate() == PAM_SUCCESS ? 0 : 1;
              }),
              0);
}

TEST(HostProcess, NeedsNoFileSize) {
    const FakeService service(accepting);
    EXPECT_EQ(status_in_child([&] {
                  PamHost host(module_alone("socket=" + service.socket()), "alice", typing({"492039"}));
                  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
                  if (::setrlimit(RLIMIT_FSIZE, &none) != 0) return 2;
                  return host.authenticate() == PAM_SUCCESS ? 0 : 1;
              }),
              0);
}

void handler(int /*signal*/) {}

// What a host has set stays as it is, and does not disturb the login.
int login_with_sigchld(const FakeService& service, void (*disposition)(int)) {
    return status_in_child([&] {
        struct sigaction action{};
        action.sa_handler = disposition;
        ::sigaction(SIGCHLD, &action, nullptr);
        PamHost host(module_alone("socket=" + service.socket()), "alice", typing({"492039"}));
        if (host.authenticate() != PAM_SUCCESS) return 1;
        struct sigaction after{};
        ::sigaction(SIGCHLD, nullptr, &after);
        return after.sa_handler == disposition ? 0 : 2;
    });
}

TEST(HostProcess, KeepsItsSigchldHandler) {
    const FakeService service(accepting);
    EXPECT_EQ(login_with_sigchld(service, handler), 0);
    EXPECT_EQ(login_with_sigchld(service, SIG_IGN), 0);
}

TEST(HostProcess, KeepsItsSignalsMaskDirectoryAndEnvironment) {
    const FakeService service(accepting);
    EXPECT_EQ(status_in_child([&] {
                  sigset_t blocked{}, after{};
                  sigaddset(&blocked, SIGUSR2);
                  ::pthread_sigmask(SIG_SETMASK, &blocked, nullptr);
                  PamHost host(module_alone("socket=" + service.socket()), "alice", typing({"492039"}));
                  ::umask(0123);
                  if (::chdir("/proc") != 0) return 2;
                  if (host.authenticate() != PAM_SUCCESS) return 3;
                  ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
                  std::array<char, 64> directory{};
                  const bool kept = sigismember(&after, SIGUSR2) == 1 && sigismember(&after, SIGPIPE) == 0 &&
                                    ::umask(0) == 0123 &&
                                    std::strcmp(::getcwd(directory.data(), directory.size()), "/proc") == 0;
                  return kept ? 0 : 1;
              }),
              0);
}

TEST(HostProcess, IsNotEndedByAServiceThatHangsUp) {
    std::array<int, 2> gone{};  // its end tells the person that the service is gone: only then they type
    ASSERT_EQ(::pipe2(gone.data(), O_CLOEXEC), 0);
    const FakeService service([&](Peer& peer) {
        peer.hears();
        peer.says(wire::Ask{.text = "?"});
        peer.hangs_up();
        ::close(gone[1]);
    });
    EXPECT_EQ(status_in_child([&] {
                  ::close(gone[1]);
                  const CapturedSyslog quiet;
                  static_cast<void>(::signal(SIGPIPE, SIG_DFL));
                  PamHost host(module_alone("socket=" + service.socket()), "alice", [&](const Heard&) {
                      char nothing = 0;
                      while (::read(gone[0], &nothing, 1) != 0) {
                      }
                      return Said{.text = "492039"};
                  });
                  return host.authenticate() == PAM_AUTHINFO_UNAVAIL ? 0 : 1;
              }),
              0);
    ::close(gone[0]);
}

TEST(HostProcess, LosesNoDescriptorOverManyLogins) {
    const FakeService service(accepting);
    const auto login = [&] {
        PamHost host(module_alone("socket=" + service.socket()), "alice", typing({"492039"}));
        EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    };
    login();
    const int before = highest_descriptor();
    for (int i = 0; i < 50; ++i)
        login();
    EXPECT_LE(highest_descriptor(), before + 1);  // the service may not have closed its end yet
}

TEST(HostProcess, MayLogInFromSeveralThreadsAtOnce) {
    std::vector<std::unique_ptr<FakeService>> services;
    for (int i = 0; i < 4; ++i)
        services.push_back(std::make_unique<FakeService>(accepting));
    std::vector<std::future<int>> logins;
    for (const auto& service : services) {
        logins.push_back(std::async(std::launch::async, [&service] {
            int right = 0;
            for (int i = 0; i < 10; ++i) {
                PamHost host(module_alone("socket=" + service->socket()), "alice", typing({"492039"}));
                right += host.authenticate() == PAM_SUCCESS ? 1 : 0;
            }
            return right;
        }));
    }
    for (auto& login : logins)
        EXPECT_EQ(login.get(), 10);
}

// A thread of the host that logs somebody in, and is cancelled while the person is being asked.
struct CancelledLogin {
    explicit CancelledLogin(const std::string& path) : socket("socket=" + path) {}

    static void* run(void* self) {
        static_cast<CancelledLogin*>(self)->log_in();
        return nullptr;
    }
    // Calls the module itself: libpam has cancellation points of its own behind it.
    void log_in() {
        void* module = ::dlopen(module_path.c_str(), RTLD_NOW);
        auto* authenticate =
            reinterpret_cast<decltype(&pam_sm_authenticate)>(::dlsym(module, "pam_sm_authenticate"));
        {
            PamHost host("auth required pam_permit.so", "alice", [this](const Heard&) {
                asked.set_value();
                cancelled.get_future().wait();
                ::pthread_testcancel();
                return Said{.text = "492039"};
            });
            const char* words[] = {socket.c_str()};
            code = authenticate(host.handle(), 0, 1, words);
            ::pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state_afterwards);
        }
        ::pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, nullptr);
        ::pthread_testcancel();
        survived_its_cancellation = true;
    }

    std::string socket;
    std::promise<void> asked;
    std::promise<void> cancelled;
    int code = -1;
    int state_afterwards = -1;
    bool survived_its_cancellation = false;
};

TEST(HostProcess, ThreadCancelledInsideIsCancelledAfterwards) {
    const FakeService service(accepting);
    CancelledLogin login(service.socket());
    pthread_t thread{};
    ASSERT_EQ(::pthread_create(&thread, nullptr, CancelledLogin::run, &login), 0);
    login.asked.get_future().wait();
    ASSERT_EQ(::pthread_cancel(thread), 0);
    login.cancelled.set_value();
    void* result = nullptr;
    ASSERT_EQ(::pthread_join(thread, &result), 0);
    EXPECT_EQ(login.code, PAM_SUCCESS);  // the module went on to its end
    EXPECT_EQ(login.state_afterwards, PTHREAD_CANCEL_ENABLE);
    EXPECT_EQ(result, PTHREAD_CANCELED);  // and then the thread was cancelled
    EXPECT_FALSE(login.survived_its_cancellation);
}

// Looks for a text in all memory this process can write to. The text is kept masked, so that the search does
// not find itself.
class MemorySearch {
  public:
    static constexpr char mask = 0x2a;
    explicit MemorySearch(std::string masked) : masked_(std::move(masked)) {}

    [[nodiscard]] int copies() const {
        int found = 0;
        std::ifstream maps("/proc/self/maps");
        const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
        for (std::string line; std::getline(maps, line);) {
            if (line.find(" rw") != std::string::npos) found += copies_in(memory, line);
        }
        ::close(memory);
        return found;
    }

  private:
    [[nodiscard]] int copies_in(int memory, const std::string& line) const {
        char* rest = nullptr;
        const unsigned long begin = std::strtoul(line.c_str(), &rest, 16);
        const unsigned long end = std::strtoul(rest + 1, nullptr, 16);
        if (end - begin > (64UL << 20)) return 0;  // a sanitizer's own
        std::vector<char> bytes(end - begin);
        const ssize_t size = ::pread(memory, bytes.data(), bytes.size(), static_cast<off_t>(begin));
        int found = 0;
        for (ssize_t at = 0; at + static_cast<ssize_t>(masked_.size()) <= size; ++at) {
            found += std::equal(masked_.begin(), masked_.end(), bytes.begin() + at,
                                [](char masked, char byte) { return (masked ^ mask) == byte; });
        }
        return found;
    }
    std::string masked_;
};

std::string masked(std::string text) {
    for (char& c : text)
        c = static_cast<char>(c ^ MemorySearch::mask);
    return text;
}

TEST(HostProcess, KeepsNoCopyOfTheAnswer) {
    const FakeService service(accepting);
    for (const char* arguments : {"", " prompt=combined"}) {
        EXPECT_EQ(status_in_child([&] {
                      // free(3) overwrites the first 16 bytes by itself, so they are not looked for; and of
                      // 215 bytes the response is of another size class than the packet, which would be
                      // written over it. The service's thread lives in the parent: what it heard is copied
                      // by the next fork, so each round has a text of its own.
                      const std::string secret =
                          masked(std::string(16, '.') + std::string(199, *arguments == 0 ? 'Q' : 'Z'));
                      const MemorySearch search(secret.substr(16));
                      PamHost host(module_alone("socket=" + service.socket() + arguments), "alice",
                                   [&](const Heard&) { return Said{.text = masked(secret)}; });
                      host.wipe_replies();
                      if (host.authenticate() != PAM_SUCCESS) return 100;
                      return search.copies();
                  }),
                  0);
    }
}

}  // namespace
}  // namespace secondstep::testing
