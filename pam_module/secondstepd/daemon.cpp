#include "secondstepd/daemon.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "delivery/courier_link.h"
#include "dialogue/memory/memory.h"
#include "fleet/file_records.h"
#include "fleet/records_desk.h"
#include "paths.h"
#include "policy/config.h"
#include "process/listening_socket.h"
#include "process/privileges.h"
#include "process/service_manager.h"
#include "secondstepd/cached_people.h"
#include "secondstepd/first_login.h"
#include "secondstepd/flushing_courier.h"
#include "secondstepd/hosts_acceptor.h"
#include "secondstepd/keyed_queue.h"
#include "secondstepd/limits.h"
#include "secondstepd/local_askers.h"
#include "secondstepd/server.h"
#include "secondstepd/service_context.h"
#include "secondstepd/settings.h"
#include "secondstepd/syslog_journal.h"
#include "secondstepd/workers.h"

namespace secondstep::service {

using process::ListeningSocket;

namespace {

// Writes that have to be on the disk: while one waits for it another begins, and the disk does both at once.
constexpr unsigned fewest_threads = 4;
constexpr unsigned most_threads = 8;
constexpr std::chrono::seconds patience_with_the_log{2};
constexpr std::chrono::seconds patience_with_scrypt{30};
constexpr std::chrono::seconds patience_with_the_courier{1};
constexpr std::chrono::seconds patience_with_stores{10};  // what waits gives up after 3.5 s, and a call ends
constexpr std::chrono::seconds patience_with_registrars{5};  // likewise, and who waits for one is gone
constexpr std::chrono::seconds patience_with_senders{5};     // they wait for a lock, 3 s at most
constexpr std::chrono::seconds patience_with_nodes{9};       // each is waited for, and the next

ExitStatus complain(const Error& error, ExitStatus status = ExitStatus::failed) {
    std::fprintf(stderr, "secondstepd: %s\n", error.detail.c_str());
    return status;
}

LogChannel log_channel(const Options& options) {
    return options.foreground ? LogChannel::descriptor(STDERR_FILENO) : LogChannel::syslog();
}

// That this process may use: in a container, or under CPUAffinity=, fewer than the machine has.
unsigned processors() {
    cpu_set_t usable{};
    if (::sched_getaffinity(0, sizeof(usable), &usable) != 0) return std::thread::hardware_concurrency();
    return static_cast<unsigned>(CPU_COUNT(&usable));
}

unsigned threads_beside_lookups() {
    return std::clamp(2 * processors(), fewest_threads, most_threads);
}

// HUP, TERM and INT wait for next_signal(); in every thread, since threads inherit it. PIPE says nothing that
// a failed write does not say.
sigset_t hold_signals() {
    sigset_t held{};
    ::sigemptyset(&held);
    for (const int signal : {SIGHUP, SIGTERM, SIGINT, SIGPIPE})
        ::sigaddset(&held, signal);
    ::pthread_sigmask(SIG_BLOCK, &held, nullptr);
    ::sigdelset(&held, SIGPIPE);
    return held;
}

int next_signal(const sigset_t& held) {
    int signal = 0;
    while (::sigwait(&held, &signal) != 0) {
    }
    return signal;
}

// The sockets of this service: the second one where it is a node of a fleet.
struct Sockets {
    ListeningSocket callers;
    std::optional<ListeningSocket> hosts;
};

// The service manager may pass both, in any order.
std::optional<ListeningSocket> taken(std::vector<ListeningSocket>& passed, const std::string& hosts_socket,
                                     bool hosts) {
    const auto is_it = [&](const ListeningSocket& one) { return (one.path() == hosts_socket) == hosts; };
    const auto it = std::ranges::find_if(passed, is_it);
    if (it == passed.end()) return std::nullopt;
    return std::move(*it);
}

Result<ListeningSocket> bind_for_the_relay(const FleetConfig& fleet) {
    const Result<process::Ids> relay = process::ids_of(fleet.account);
    if (!relay) return fail(relay.error().code, "fleet = node: " + relay.error().detail);
    return ListeningSocket::bind_to(fleet.hosts_socket, {.mode = 0600, .owner = relay->user});
}

Result<Sockets> listening_sockets(const Options& options, const Config& config) {
    const bool is_node = config.fleet.part == FleetPart::node;
    Result<std::vector<ListeningSocket>> passed = ListeningSocket::all_inherited(is_node ? 2 : 1);
    if (!passed) return std::unexpected(passed.error());
    std::optional<ListeningSocket> callers = taken(*passed, config.fleet.hosts_socket, false);
    if (!callers) {
        Result<ListeningSocket> bound =
            ListeningSocket::bind_to(options.socket.empty() ? config.socket : options.socket);
        if (!bound) return std::unexpected(bound.error());
        callers.emplace(std::move(*bound));
    }
    Sockets sockets{std::move(*callers), std::nullopt};
    if (!is_node) return sockets;
    if (auto hosts = taken(*passed, config.fleet.hosts_socket, true)) {
        sockets.hosts.emplace(std::move(*hosts));
        return sockets;
    }
    Result<ListeningSocket> bound = bind_for_the_relay(config.fleet);
    if (!bound) return std::unexpected(bound.error());
    sockets.hosts.emplace(std::move(*bound));
    return sockets;
}

// Everything that runs between the start and the end of the service, in the order in which it must go:
// sessions before workers, workers before what their jobs use.
class Daemon {
  public:
    Daemon(Options options, process::ServiceManager manager, LogChannel channel, std::size_t descriptors)
        : options_(std::move(options)),
          manager_(std::move(manager)),
          journal_(std::move(channel)),
          unusual_(journal_),
          limits_(Limits::fitting_descriptors(descriptors)),
          total_(Limits::fitting_descriptors(descriptors).total) {}

    [[nodiscard]] Result<void> open(Config config, const FirstLogin& first) {
        Result<Settings> settings = open_settings(std::move(config), name_service_, clock_, randomness_);
        if (!settings) return std::unexpected(settings.error());
        if (const auto finished = first.finish(*settings->files); !finished) return finished;
        for (const std::string& warning : settings->warnings)
            journal_.warn(warning);
        if (const auto warning = machine_warning(*settings->files)) journal_.warn(*warning);
        settings_.emplace(std::move(*settings));
        if (const Result<void> opened = open_desk(); !opened) return opened;
        link_.emplace(settings_->get()->config->courier_socket);
        courier_.emplace(*link_, journal_);
        return {};
    }

    void serve(Sockets& sockets, const sigset_t& signals) {
        ListeningSocket& socket = sockets.callers;
        ServiceContext context{.settings = *settings_,
                               .clock = clock_,
                               .people = people_,
                               .journal = journal_,
                               .memory = memory_,
                               .caller_journals = caller_journals_,
                               .courier = *courier_,
                               .randomness = randomness_,
                               .scrypts = scrypts_,
                               .senders = senders_,
                               .stores = stores_,
                               .records = records_,
                               .host_lookups = host_lookups_,
                               .registrars = registrars_,
                               .writes = writes_,
                               .joins = joins_,
                               .askers = askers_,
                               .local_askers = local_askers_,
                               .tellers = tellers_,
                               .unusual = unusual_,
                               .timeouts = {}};
        const unsigned threads = threads_beside_lookups();
        Server server(socket.get(), limits_, context, life_watch(), door(sockets));
        server.start(threads);
        journal_.inform("secondstepd " + std::string(paths::version) + " is ready: socket " + socket.path() +
                        ", store " + settings_->get()->config->store + ", " + std::to_string(threads) +
                        " threads, at most " + std::to_string(total_) + " dialogues at once.");
        if (socket.path() != settings_->get()->config->socket && options_.socket.empty()) {
            journal_.warn("The socket unit listens on " + socket.path() +
                          ", but the configuration sends callers to " + settings_->get()->config->socket +
                          ".");
        }
        if (!manager_.ready()) journal_.warn("systemd could not be told that the service is ready.");
        journal_.flush();
        tell_who_started_it(socket.path());
        while (next_signal(signals) == SIGHUP)
            reload();
        end(server, socket);
    }

  private:
    // By hand, in the foreground of a terminal: otherwise nothing shows there that it runs.
    void tell_who_started_it(const std::string& socket) const {
        if (options_.foreground || ::tcgetpgrp(STDERR_FILENO) != ::getpgrp()) return;
        std::fprintf(stderr,
                     "secondstepd is ready on %s.\n"
                     "What it logs is in the system log; --foreground shows it here. It runs until Ctrl-C.\n",
                     socket.c_str());
    }

    // Several signs of life for each time that systemd waits: one that is late is no death.
    [[nodiscard]] LifeWatch life_watch() const {
        LifeWatch watch{.feed = [this] { manager_.still_alive(); }};
        const auto wanted = std::chrono::duration_cast<std::chrono::milliseconds>(manager_.watchdog() / 4);
        if (wanted.count() > 0) watch.every = std::min(watch.every, wanted);
        return watch;
    }

    // Never destroyed: a look-up that nobody waits for any more may still use it.
    [[nodiscard]] static const NameServicePeople& name_service() {
        static const NameServicePeople& kept = *new NameServicePeople;
        return kept;
    }

    // Of a node: its registry is that of the store it began with.
    [[nodiscard]] Result<void> open_desk() {
        const auto settings = settings_->get();
        const Config& config = *settings->config;
        if (config.fleet.part != FleetPart::node) return {};
        const Result<process::Ids> relay = process::ids_of(config.fleet.account);
        if (!relay) return fail(relay.error().code, "fleet = node: " + relay.error().detail);
        relay_ = relay->user;
        keyring_ = settings->keyring;
        auto records = fleet::FileFleetRecords::open(config.store, config.allow_network_file_system,
                                                     *keyring_, clock_, randomness_);
        if (!records) return std::unexpected(records.error());
        records_of_fleet_ = std::move(*records);
        desk_.emplace(
            *records_of_fleet_, clock_, randomness_,
            [this](const std::string& event) { journal_.inform(event); },
            fleet::BreakGlassDesk{BreakGlassUses::told(config.store),
                                  [this](const std::string& event) { journal_.alert(event); }},
            [this](std::function<void()> job) { return registrars_.submit(std::move(job)); });
        return {};
    }

    [[nodiscard]] std::optional<GuestsDoor> door(const Sockets& sockets) {
        if (!desk_ || !sockets.hosts) return std::nullopt;
        return GuestsDoor{sockets.hosts->get(), relay_, *desk_};
    }

    void reload() {
        manager_.reloading();
        reload_settings();
        manager_.ready();
        journal_.flush();
    }

    // Whatever a reload meets, the service that runs goes on.
    void reload_settings() {
        try {
            const Result<void> done = replace_settings();
            if (done) return journal_.inform("The configuration was reloaded from " + options_.config + ".");
            not_reloaded(done.error().detail);
        } catch (const std::exception& e) {
            not_reloaded(e.what());
        }
    }

    void not_reloaded(const std::string& why) {
        journal_.warn("The configuration was not reloaded, the last good one stays in force. " + why);
    }

    [[nodiscard]] Result<void> replace_settings() {
        Result<Config> config = load_config(options_.config);
        if (!config) return std::unexpected(config.error());
        const auto before = settings_->get();
        if (config->socket != before->config->socket ||
            config->courier_socket != before->config->courier_socket ||
            config->service_account != before->config->service_account ||
            config->fleet.part != before->config->fleet.part ||
            config->fleet.hosts_socket != before->config->fleet.hosts_socket ||
            config->fleet.account != before->config->fleet.account) {
            journal_.warn(
                "A new `socket`, `courier_socket`, `service_account`, `fleet`, `hosts_socket` or `fleet_account` needs "
                "a restart of the service.");
        }
        Result<Settings> next = open_settings(std::move(*config), name_service_, clock_, randomness_);
        if (!next) return std::unexpected(next.error());
        for (const std::string& warning : next->warnings)
            journal_.warn(warning);
        settings_->replace(std::move(*next));
        people_.forget_everybody();
        return {};
    }

    void end(Server& server, ListeningSocket& socket) {
        manager_.stopping();
        const std::size_t ended = server.finish();
        const bool verified =
            scrypts_.finish(patience_with_scrypt) && stores_.finish(patience_with_stores) &&
            registrars_.finish(patience_with_registrars) && senders_.finish(patience_with_senders) &&
            waiting_for_nodes_.finish(patience_with_nodes) &&
            waiting_for_nodes_here_.finish(patience_with_nodes) && tellers_.finish(patience_with_nodes);
        if (verified) {
            link_->flush(patience_with_the_courier);
            link_.reset();  // its last reports go into the journal
        }
        const bool looked_up = server.join(Timeouts{}.lookup);
        journal_.inform("secondstepd ends; " + std::to_string(ended) +
                        " waiting dialogues were ended as unavailable.");
        caller_journals_.tell_everything();
        journal_.drain(patience_with_the_log);
        if (verified && looked_up) return;
        // A name service that hangs holds a thread that will use what this object owns when it wakes up:
        // nothing may be destroyed any more.
        socket.remove_name();
        std::_Exit(static_cast<int>(ExitStatus::ended));
    }

    const Options options_;
    const process::ServiceManager manager_;
    SystemClock clock_;
    SystemRandomness randomness_;
    const NameServicePeople& name_service_ = name_service();
    CachedPeople people_{name_service_};
    SyslogJournal journal_;
    SparingWarning unusual_;
    dialogue::Memory memory_{randomness_};
    CallerJournals caller_journals_{journal_};
    Limits limits_;
    const std::size_t total_;
    std::optional<CurrentSettings> settings_;
    std::shared_ptr<const Keyring> keyring_;  // of the fleet's records
    std::unique_ptr<fleet::FleetRecords> records_of_fleet_;
    std::optional<fleet::RecordsDesk> desk_;  // nothing: this is no node
    uid_t relay_ = 0;
    std::optional<delivery::CourierLink> link_;
    std::optional<FlushingCourier> courier_;
    Workers scrypts_{{.threads = 2, .queue = 64}};
    Workers senders_{{.threads = 2, .queue = 1024}};
    Workers stores_{{.threads = 32, .queue = 1024}};
    KeyedQueue records_{stores_};
    KeyedQueue host_lookups_{stores_, {.at_once = 1, .waiting = HostsAcceptor::numbers.per_user}};
    Workers registrars_{{.threads = 2, .queue = 256}};
    KeyedQueue writes_{registrars_, HostsAcceptor::writes_of_a_host};
    KeyedQueue joins_{registrars_, HostsAcceptor::joins_from_an_address};
    // A quarter of those who wait for nodes waits for people at the machine itself: a crowd that comes over the network while a
    // node is slow keeps nobody from a console.
    Workers waiting_for_nodes_{{.threads = 24, .queue = 1024}};
    KeyedQueue askers_{waiting_for_nodes_, {.at_once = 8, .waiting = 64}};
    Workers waiting_for_nodes_here_{{.threads = local_askers::threads, .queue = 256}};
    KeyedQueue local_askers_{waiting_for_nodes_here_, local_askers::of_an_account};
    Workers tellers_{{.threads = 1, .queue = 1}};
};

}  // namespace

ExitStatus run_daemon(const Options& options) {
    const sigset_t signals = hold_signals();
    process::ServiceManager manager = process::ServiceManager::from_environment();
    if (const Result<void> done = process::shut_the_doors(); !done) return complain(done.error());
    const std::size_t descriptors = process::raise_descriptor_limit();
    Result<Config> config = load_config(options.config);
    if (!config) return complain(config.error(), ExitStatus::bad_config);
    Result<Sockets> sockets = listening_sockets(options, *config);
    if (!sockets) return complain(sockets.error());
    SystemRandomness randomness;
    const Result<FirstLogin> first = FirstLogin::prepare(*config, randomness);
    if (!first) return complain(first.error());
    if (const Result<void> done = process::become_account(config->service_account); !done)
        return complain(done.error());

    Daemon daemon(options, std::move(manager), log_channel(options), descriptors);
    if (const Result<void> done = daemon.open(std::move(*config), *first); !done)
        return complain(done.error());
    daemon.serve(*sockets, signals);
    return ExitStatus::ended;
}

}  // namespace secondstep::service
