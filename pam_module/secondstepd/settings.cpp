#include "secondstepd/settings.h"
#include "base/host_name.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <climits>
#include <future>
#include <thread>
#include <utility>

#include "fleet/file_records.h"
#include "process/privileges.h"
#include "relay/line.h"
#include "store/open_store.h"

namespace secondstep::service {

namespace {

std::string called(const Config::TrustedCaller& caller) {
    return "The trusted caller " + caller.user + ":" + caller.service;
}

// All of them together: a directory that says nothing must not keep the service from starting, nor from hearing
// that it is to end.
constexpr std::chrono::seconds patience_with_a_directory{5};

using Answer = std::future<Result<LookedUp>>;

// On a thread of its own, which nobody ends.
Answer ask(const People& people, const std::string& name) {
    std::packaged_task<Result<LookedUp>()> question([&people, name] { return people.find(name, {}); });
    Answer answer = question.get_future();
    std::thread(std::move(question)).detach();
    return answer;
}

void trust(const Config::TrustedCaller& caller, const Result<LookedUp>& found, Settings& settings) {
    if (!found) {
        settings.warnings.push_back(
            called(caller) + " is trusted with nothing until the next reload: " + found.error().detail);
    } else if (found->person) {
        settings.trusted_callers.push_back({.uid = found->person->uid, .service = caller.service});
    } else {
        settings.warnings.push_back(called(caller) +
                                    " is trusted with nothing: there is no account of that name.");
    }
}

// A portal's account is most often one of this machine: nobody else is asked about it.
void trust_all(const std::vector<Config::TrustedCaller>& callers, const People& people, Settings& settings) {
    std::vector<std::pair<const Config::TrustedCaller*, Answer>> asked;
    for (const Config::TrustedCaller& caller : callers) {
        if (auto here = people.find_here(caller.user))
            trust(caller, LookedUp{std::move(here), {}}, settings);
        else
            asked.emplace_back(&caller, ask(people, caller.user));
    }
    const auto until = std::chrono::steady_clock::now() + patience_with_a_directory;
    for (auto& [caller, answer] : asked) {
        const bool came = answer.wait_until(until) == std::future_status::ready;
        trust(*caller, came ? answer.get() : fail(Errc::timed_out, "the name service took too long"),
              settings);
    }
}

using Unused = StoreOrder::Unused;

StoreOrder order_of(const Config& config, const std::string& host, Unused unused) {
    return {.host_key = config.host_key,
            .files = {.directory = config.store,
                      .window = config.window,
                      .allow_network_file_system = config.allow_network_file_system,
                      .machine = {config.machine_id, host}},
            .unused = unused};
}

Error named(const Config& config, const NotOpened& why) {
    switch (why.part) {
        case NotOpened::Part::unused:
            return {why.error.code,
                    "Nobody has used the store " + config.store + " yet: run secondstep setup"};
        case NotOpened::Part::host_key:
            return {why.error.code, "The host key " + config.host_key + ": " + why.error.detail};
        case NotOpened::Part::store:
            break;
    }
    return {why.error.code, "The store " + config.store + ": " + why.error.detail};
}

// A node's own people are, for its fleet, those of one machine more. Errors: of the record, which is there.
Result<bool> has_own_uids(const Settings& settings, const Clock& clock, Randomness& randomness) {
    const Config& c = *settings.config;
    if (c.fleet.part != FleetPart::node) return false;
    const auto records = fleet::FileFleetRecords::open(c.store, c.allow_network_file_system,
                                                       *settings.keyring, clock, randomness);
    if (!records && records.error().code == Errc::not_found) return false;
    if (!records) return std::unexpected(records.error());
    const auto identity = (*records)->identity();
    if (!identity) return std::unexpected(identity.error());
    return *identity && (*identity)->uids == fleet::Uids::differ;
}

// The account is looked up when somebody else than root listens, and then at each connection: not here, where a single login
// waits for no name service.
std::shared_ptr<dialogue::OwnRelay> relay_of(const FleetConfig& fleet) {
    const auto is_relay = [account = fleet.account](uid_t uid) {
        const Result<process::Ids> ids = process::ids_of(account);
        return ids && ids->user == uid;
    };
    return std::make_shared<dialogue::OwnRelay>(
        [socket = fleet.relay_socket, is_relay](relay::Line::Time until) {
            return relay::line_to_the_relay(socket, is_relay, until);
        });
}

Result<Settings> with_store(Config config, Unused unused, const Clock& clock, Randomness& randomness) {
    Settings settings;
    settings.config = std::make_shared<const Config>(std::move(config));
    const Config& c = *settings.config;
    settings.host = host_name("this machine");
    auto opened = open_store(order_of(c, settings.host, unused), clock, randomness);
    if (!opened) return std::unexpected(named(c, opened.error()));
    settings.keyring = std::move(opened->keyring);
    settings.store = std::move(opened->accounts);
    settings.files = std::move(opened->files);
    const auto own_uids = has_own_uids(settings, clock, randomness);
    if (!own_uids)
        return fail(own_uids.error().code, "The fleet in " + c.store + ": " + own_uids.error().detail);
    settings.own_uids = *own_uids;
    if (c.fleet.part == FleetPart::host) settings.relay = relay_of(c.fleet);
    return settings;
}

}  // namespace

Result<Settings> open_settings_of_one_login(Config config, const Clock& clock, Randomness& randomness) {
    return with_store(std::move(config), Unused::is_empty, clock, randomness);
}

Result<Settings> open_settings(Config config, const People& people, const Clock& clock,
                               Randomness& randomness) {
    config.read_at = clock.now();
    Result<Settings> opened = with_store(std::move(config), Unused::is_an_error, clock, randomness);
    if (!opened) return opened;
    Settings settings = std::move(*opened);
    const Config& c = *settings.config;
    auto portals = PortalStore::open(c.store, c.allow_network_file_system, *settings.keyring, randomness);
    if (!portals) return fail(portals.error().code, "The store " + c.store + ": " + portals.error().detail);
    settings.portals = std::make_shared<const PortalStore>(std::move(*portals));
    trust_all(c.trusted_callers, people, settings);
    return settings;
}

std::optional<std::string> machine_warning(const FileStore& store) {
    using Where = MachineStanding::Where;
    const auto standing = store.machine();
    if (!standing) return "On which machine the store was made cannot be read: " + standing.error().detail;
    switch (standing->where) {
        case Where::elsewhere:
            return "The store was made on another machine (" + standing->record.host +
                   "): codes and recovery codes that were used there may be accepted here again. Settle it "
                   "with: secondstep adopt --moved, or --copied.";
        case Where::not_to_say:
            return "This machine has no id (machine-id(5)): a copy of the store would not be noticed.";
        case Where::here:
        case Where::not_said:
            break;
    }
    return std::nullopt;
}

CurrentSettings::CurrentSettings(Settings first)
    : settings_(std::make_shared<const Settings>(std::move(first))) {}

std::shared_ptr<const Settings> CurrentSettings::get() const {
    const std::lock_guard lock(mutex_);
    return settings_;
}

void CurrentSettings::replace(Settings next) {
    auto fresh = std::make_shared<const Settings>(std::move(next));
    const std::lock_guard lock(mutex_);
    settings_ = std::move(fresh);
}

}  // namespace secondstep::service
