#include "secondstepd/settings.h"
#include "base/host_name.h"

#include <unistd.h>

#include <array>
#include <climits>
#include <utility>

namespace secondstep::service {

namespace {

std::string called(const Config::TrustedCaller& caller) {
    return "The trusted caller " + caller.user + ":" + caller.service;
}

void resolve(const Config::TrustedCaller& caller, const People& people, Settings& settings) {
    const Result<LookedUp> found = people.find(caller.user, {});
    // A portal's account is most often one of this machine: a directory that is away takes nothing from it.
    const std::optional<Person> here = found ? found->person : people.find_here(caller.user);
    if (here) {
        settings.trusted_callers.push_back({.uid = here->uid, .service = caller.service});
    } else if (!found) {
        settings.warnings.push_back(
            called(caller) + " is trusted with nothing until the next reload: " + found.error().detail);
    } else {
        settings.warnings.push_back(called(caller) +
                                    " is trusted with nothing: there is no account of that name.");
    }
}

}  // namespace

Result<Settings> open_settings_of_one_login(Config config, const Clock& clock, Randomness& randomness) {
    Settings settings;
    settings.config = std::make_shared<const Config>(std::move(config));
    const Config& c = *settings.config;
    settings.host = host_name("this machine");

    Result<Keyring> ring = load_keyring(c.host_key);
    if (!ring) return fail(ring.error().code, "The host key " + c.host_key + ": " + ring.error().detail);
    FileStore::Options options{.directory = c.store,
                               .window = c.window,
                               .allow_network_file_system = c.allow_network_file_system,
                               .machine = {c.machine_id, settings.host}};
    Result<std::unique_ptr<FileStore>> store =
        FileStore::open(std::move(options), std::move(*ring), clock, randomness);
    if (!store) return fail(store.error().code, "The store " + c.store + ": " + store.error().detail);

    const std::shared_ptr<const FileStore> shared = std::move(*store);
    settings.keyring = std::shared_ptr<const Keyring>(shared, &shared->keyring());
    settings.store = shared;
    settings.files = shared;
    return settings;
}

Result<Settings> open_settings(Config config, const People& people, const Clock& clock,
                               Randomness& randomness) {
    Result<Settings> opened = open_settings_of_one_login(std::move(config), clock, randomness);
    if (!opened) return opened;
    Settings settings = std::move(*opened);
    const Config& c = *settings.config;
    auto portals = PortalStore::open(c.store, c.allow_network_file_system, *settings.keyring, randomness);
    if (!portals) return fail(portals.error().code, "The store " + c.store + ": " + portals.error().detail);
    settings.portals = std::make_shared<const PortalStore>(std::move(*portals));
    for (const Config::TrustedCaller& caller : c.trusted_callers)
        resolve(caller, people, settings);
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
