#include "relay/daemon.h"

#include <openssl/crypto.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include "base/clock.h"
#include "base/duration.h"
#include "base/file.h"
#include "paths.h"
#include "policy/config.h"
#include "policy/node_questions.h"
#include "process/listening_socket.h"
#include "process/privileges.h"
#include "process/service_manager.h"
#include "relay/host_relay.h"
#include "relay/journal.h"
#include "relay/node_relay.h"
#include "relay/reactor.h"

namespace secondstep::relay {
namespace {

using process::ListeningSocket;

constexpr std::chrono::milliseconds longest_between_signs_of_life{10'000};

ExitStatus complain(const Error& error, ExitStatus status = ExitStatus::failed) {
    std::fprintf(stderr, "secondstep-relay: %s\n", error.detail.c_str());
    return status;
}

// A write to who has gone fails by its result.
Result<UniqueFd> signals_as_descriptor() {
    sigset_t wanted;
    ::sigemptyset(&wanted);
    for (const int signal : {SIGHUP, SIGTERM, SIGINT, SIGPIPE})
        ::sigaddset(&wanted, signal);
    ::pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
    ::sigdelset(&wanted, SIGPIPE);
    UniqueFd fd(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd.valid()) return fail_errno("signalfd", errno);
    return fd;
}

Result<void> check(const Config& config) {
    if (config.fleet.part == FleetPart::none) {
        return fail(
            Errc::invalid,
            "This machine is in no fleet: `fleet` in secondstep.conf is none, and secondstep-relay has "
            "nothing to do");
    }
    if (config.fleet.part == FleetPart::host && config.fleet.nodes.empty())
        return fail(Errc::invalid, "`fleet = host` needs `fleet_nodes`, the nodes that this host asks");
    return {};
}

// The service, and who runs this: whoever has that uid can do what it does anyway.
std::set<uid_t> who_may_connect(const std::optional<process::Ids>& service) {
    std::set<uid_t> allowed{0, ::geteuid()};
    if (service) allowed.insert(service->user);
    return allowed;
}

Result<ListeningSocket> socket_for_conversations(const Config& config,
                                                 const std::optional<process::Ids>& service) {
    Result<std::optional<ListeningSocket>> passed = ListeningSocket::inherited();
    if (!passed) return std::unexpected(passed.error());
    if (*passed) return std::move(**passed);
    // Who is not root cannot give it to the service: everybody may connect, and is asked who they are.
    if (::geteuid() != 0 || !service) return ListeningSocket::bind_to(config.fleet.relay_socket);
    return ListeningSocket::bind_to(config.fleet.relay_socket, {.mode = 0600, .owner = service->user});
}

// Of a node, for root and this program's own account. Under systemd the folder is there (RuntimeDirectory=); elsewhere the one
// above it may be missing too. Without this socket hosts are served all the same.
Result<ListeningSocket> socket_for_questions(const FleetConfig& config) {
    const Result<process::Ids> relay = process::ids_of(config.account);
    const std::string path = node_questions_socket(config);
    const std::string above = config.relay_socket.substr(0, config.relay_socket.rfind('/'));
    const bool made = ::geteuid() == 0 && !above.empty() && ::mkdir(above.c_str(), 0755) == 0;
    if (made && ::chmod(above.c_str(), 0755) != 0) return fail_errno(above, errno);  // whatever the umask
    return ListeningSocket::bind_to(
        path, {.mode = 0600, .owner = relay ? std::optional(relay->user) : std::nullopt});
}

// The loop with its signals and its signs of life.
class Daemon {
  public:
    Daemon(UniqueFd signals, process::ServiceManager manager)
        : manager_(std::move(manager)),
          alive_(reactor_),
          signals_(reactor_, std::move(signals), [this] { reactor_.stop(); }) {}

    [[nodiscard]] Reactor& reactor() { return reactor_; }

    // Until it is asked to end, or cannot go on.
    [[nodiscard]] ExitStatus run(std::function<void()> on_hangup) {
        on_hangup_ = std::move(on_hangup);
        await_signal();
        live();
        reactor_.run();
        manager_.stopping();
        journal::inform("secondstep-relay ends");
        return asked_to_end_ ? ExitStatus::ended : ExitStatus::failed;
    }

    void ready(const std::string& what) {
        journal::inform("secondstep-relay " + std::string(paths::version) + " is ready: " + what);
        if (!manager_.ready()) journal::warn("systemd could not be told that the service is ready");
    }

  private:
    void await_signal() {
        signals_.when_readable([this] {
            signalfd_siginfo info{};
            const ssize_t size = ::read(signals_.get(), &info, sizeof(info));
            asked_to_end_ = size == sizeof(info) && info.ssi_signo != SIGHUP;
            if (asked_to_end_) return reactor_.stop();
            if (size == sizeof(info)) on_hangup_();
            await_signal();
        });
    }

    void live() {
        manager_.still_alive();
        const auto wanted = std::chrono::duration_cast<std::chrono::milliseconds>(manager_.watchdog() / 4);
        const bool watched = wanted.count() > 0;
        alive_.after(
            watched ? std::min(wanted, longest_between_signs_of_life) : longest_between_signs_of_life,
            [this] { live(); });
    }

    Reactor reactor_;
    const process::ServiceManager manager_;
    Timer alive_;
    Watched signals_;
    std::function<void()> on_hangup_;
    bool asked_to_end_ = false;
};

ExitStatus run_host(const Options& options, Config config, UniqueFd signals, process::ServiceManager manager,
                    const std::optional<process::Ids>& service, std::size_t descriptors) {
    Result<ListeningSocket> socket = socket_for_conversations(config, service);
    if (!socket) return complain(socket.error());
    if (const auto done = process::become_account(config.fleet.account); !done) return complain(done.error());
    journal::open(options.foreground ? journal::To::standard_error : journal::To::log);
    const SystemClock clock;
    Daemon daemon(std::move(signals), std::move(manager));
    HostRelay relay(daemon.reactor(), *socket, config.fleet, who_may_connect(service), clock, descriptors);
    relay.start([&] {
        daemon.ready("a host, socket " + socket->path() + ", " +
                     counted(static_cast<std::int64_t>(config.fleet.nodes.size()), "node"));
    });
    return daemon.run(
        [] { journal::inform("Certificates are read again by themselves; options need a restart"); });
}

ExitStatus run_node(const Options& options, Config config, UniqueFd signals, process::ServiceManager manager,
                    const std::optional<process::Ids>& service, std::size_t descriptors) {
    Result<UniqueFd> listener = listen_for_hosts(config.fleet.listen);
    if (!listener) return complain(listener.error());
    const Result<ListeningSocket> questions = socket_for_questions(config.fleet);
    if (const auto done = process::become_account(config.fleet.account); !done) return complain(done.error());
    journal::open(options.foreground ? journal::To::standard_error : journal::To::log);
    Daemon daemon(std::move(signals), std::move(manager));
    const SystemClock clock;
    NodeRelay relay(daemon.reactor(), std::move(*listener), config.fleet,
                    service ? service->user : ::geteuid(), clock, descriptors);
    if (const auto loaded = relay.load_certificate(); !loaded) return complain(loaded.error());
    if (questions) {
        relay.answer_questions(*questions, {0, ::geteuid()});
    } else {
        journal::warn("secondstep fleet status cannot ask which hosts are connected: " +
                      questions.error().detail);
    }
    relay.start();
    daemon.ready("a node, port " + std::to_string(config.fleet.listen.port) + ", service at " +
                 config.fleet.hosts_socket);
    const ExitStatus status = daemon.run([&relay] {
        const auto loaded = relay.load_certificate();
        if (loaded) return journal::inform("The certificate was read again; options need a restart");
        journal::warn("The certificate was not read again, that in use stays: " + loaded.error().detail);
    });
    relay.close();
    return status;
}

}  // namespace

ExitStatus run_daemon(const Options& options) {
    process::ServiceManager manager = process::ServiceManager::from_environment();
    if (const auto done = process::shut_the_doors(); !done) return complain(done.error());
    const std::size_t descriptors = process::raise_descriptor_limit();
    Result<Config> config = load_config(options.config);
    if (!config) return complain(config.error(), ExitStatus::bad_config);
    if (const auto good = check(*config); !good) return complain(good.error(), ExitStatus::bad_config);
    Result<UniqueFd> signals = signals_as_descriptor();
    if (!signals) return complain(signals.error());
    const Result<process::Ids> service = process::ids_of(config->service_account);
    const std::optional<process::Ids> known = service ? std::optional(*service) : std::nullopt;
    const auto run = config->fleet.part == FleetPart::host ? run_host : run_node;
    return run(options, std::move(*config), std::move(*signals), std::move(manager), known, descriptors);
}

}  // namespace secondstep::relay
