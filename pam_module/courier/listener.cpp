#include "courier/listener.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <thread>

#include "base/error.h"
#include "base/file.h"
#include "paths.h"
#include "policy/config.h"
#include "process/listening_socket.h"
#include "process/privileges.h"
#include "process/system_log.h"

namespace secondstep::courier {
namespace {

using process::Ids;
using process::ListeningSocket;
using Level = process::LogChannel::Level;

constexpr unsigned most_children = 64;

ExitStatus complain(const Error& error) {
    std::fprintf(stderr, "secondstep-courier: %s\n", error.detail.c_str());
    return ExitStatus::failed;
}

// Who may connect, and own ids of whoever is not root.
Result<uid_t> owner_of_socket(const Options& options) {
    if (::geteuid() != 0 && options.owner.empty()) return ::geteuid();
    std::string account = options.owner;
    if (account.empty()) {
        const Result<Config> config = load_config(paths::config_file);
        if (!config) return std::unexpected(config.error());
        account = config->service_account;
    }
    const Result<Ids> ids = process::ids_of(account);
    if (!ids) return std::unexpected(ids.error());
    return ids->user;
}

// Never waits: while the log takes nothing, messages are still to be sent.
process::SystemLog& log() {
    static process::SystemLog opened(process::LogChannel::syslog("/dev/log", "secondstep-courier"));
    return opened;
}

void log_failed_start() {
    log().write(Level::error, fail_errno("Starting a courier", errno).error().detail);
}

std::optional<uid_t> peer_of(int socket) {
    ucred peer{};
    socklen_t size = sizeof(peer);
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
    return peer.uid;
}

class Listener {
  public:
    Listener(const Options& options, ListeningSocket socket, uid_t owner, std::optional<Ids> courier,
             UniqueFd self, UniqueFd signals)
        : options_(options),
          socket_(std::move(socket)),
          owner_(owner),
          courier_(courier),
          self_(std::move(self)),
          signals_(std::move(signals)) {}

    // Until it is asked to end, or cannot go on.
    Result<void> run() {
        for (;;) {
            // With as many children as there may be nobody is let in; the socket's queue holds them.
            const short wanted = children_ < most_children ? POLLIN : 0;
            std::array<pollfd, 2> waiting = {pollfd{signals_.get(), POLLIN, 0},
                                             pollfd{socket_.get(), wanted, 0}};
            if (::poll(waiting.data(), waiting.size(), -1) < 0) {
                if (errno != EINTR && errno != ENOMEM) return fail_errno("poll", errno);
                pause();
                continue;
            }
            if (waiting[0].revents != 0 && !on_signal()) return {};
            if (waiting[1].revents != 0) let_in();
        }
    }

  private:
    // What fails for want of memory or descriptors is not tried again at once.
    static void pause() { std::this_thread::sleep_for(std::chrono::milliseconds{100}); }

    // False: asked to end.
    bool on_signal() {
        signalfd_siginfo info{};
        if (::read(signals_.get(), &info, sizeof(info)) != sizeof(info)) return true;
        if (info.ssi_signo != SIGCHLD) return false;
        while (::waitpid(-1, nullptr, WNOHANG) > 0)
            --children_;
        return true;
    }

    void let_in() {
        const UniqueFd connection(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!connection.valid()) {
            if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) pause();
            return;
        }
        const std::optional<uid_t> peer = peer_of(connection.get());
        if (!peer || (*peer != 0 && *peer != owner_)) {
            log().write(Level::warning,
                        "uid " + (peer ? std::to_string(*peer) : "-1") + " may not send messages");
            return;
        }
        const pid_t child = ::fork();
        if (child == 0) become_courier(connection.get());
        if (child > 0) ++children_;
        if (child < 0) log_failed_start();
    }

    // Nothing is passed on but the connection: no environment, no groups, no descriptors.
    [[noreturn]] void become_courier(int connection) {
        sigset_t none;
        ::sigemptyset(&none);
        ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
        const char* const arguments[] = {"secondstep-courier",         "--config",
                                         options_.config.c_str(),      "--credentials",
                                         options_.credentials.c_str(), nullptr};
        const char* const environment[] = {nullptr};
        if (::dup2(connection, STDIN_FILENO) == 0 && take_ids()) {
            // The descriptor, not /proc/self/exe: the new ids may not look there. exec takes no const.
            ::syscall(SYS_execveat, self_.get(), "", const_cast<char* const*>(arguments),
                      const_cast<char* const*>(environment), AT_EMPTY_PATH);
        }
        log_failed_start();
        ::_exit(static_cast<int>(ExitStatus::failed));
    }

    [[nodiscard]] bool take_ids() const {
        return !courier_ || (process::take_ids(*courier_) && process::forbid_inspection());
    }

    const Options& options_;
    ListeningSocket socket_;
    uid_t owner_;
    std::optional<Ids> courier_;
    UniqueFd self_;
    UniqueFd signals_;
    unsigned children_ = 0;
};

Result<UniqueFd> signals_as_descriptor() {
    sigset_t wanted;
    ::sigemptyset(&wanted);
    for (const int signal : {SIGCHLD, SIGTERM, SIGINT})
        ::sigaddset(&wanted, signal);
    ::pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
    UniqueFd fd(::signalfd(-1, &wanted, SFD_CLOEXEC));
    if (!fd.valid()) return fail_errno("signalfd", errno);
    return fd;
}

Result<std::optional<Ids>> courier_ids(const Options& options) {
    if (::geteuid() != 0) return std::nullopt;
    const Result<Ids> ids = process::ids_of(options.account);
    if (!ids) return std::unexpected(ids.error());
    return *ids;
}

}  // namespace

ExitStatus listen(const Options& options) {
    if (const Result<void> done = process::forbid_inspection(); !done) return complain(done.error());
    const Result<uid_t> owner = owner_of_socket(options);
    if (!owner) return complain(owner.error());
    const Result<std::optional<Ids>> courier = courier_ids(options);
    if (!courier) return complain(courier.error());
    UniqueFd self(::open("/proc/self/exe", O_PATH | O_CLOEXEC));
    if (!self.valid()) return complain(fail_errno("Opening /proc/self/exe", errno).error());
    Result<UniqueFd> signals = signals_as_descriptor();
    if (!signals) return complain(signals.error());
    Result<ListeningSocket> socket =
        ListeningSocket::bind_to(options.socket, {.mode = 0600, .owner = *owner});
    if (!socket) return complain(socket.error());
    log().write(Level::info, "listening on " + socket->path());
    Listener listener(options, std::move(*socket), *owner, *courier, std::move(self), std::move(*signals));
    if (const Result<void> done = listener.run(); !done) {
        log().write(Level::error, done.error().detail);
        return complain(done.error());
    }
    return ExitStatus::ended;
}

}  // namespace secondstep::courier
