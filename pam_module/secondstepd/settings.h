#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/randomness.h"
#include "dialogue/relayed/own_relay.h"
#include "policy/config.h"
#include "policy/people.h"
#include "portals/portal_store.h"
#include "secondstepd/peer_policy.h"
#include "store/file_store.h"

namespace secondstep::service {

// What a dialogue begins with. A reload makes a new one; dialogues that run keep theirs.
struct Settings {
    std::shared_ptr<const Config> config;
    std::shared_ptr<const AccountStore> store;
    std::shared_ptr<const FileStore> files;  // the same, for what is looked at when the service starts
    std::shared_ptr<const Keyring> keyring;
    std::shared_ptr<const PortalStore> portals;  // refers to the keyring: whoever keeps one keeps both
    std::vector<TrustedCaller> trusted_callers;
    std::string host;                             // this machine's name, as people know it
    bool own_uids = false;                        // a node, of a fleet whose machines have no common uids
    std::shared_ptr<dialogue::OwnRelay> relay{};  // of a host of a fleet
    std::vector<std::string> warnings;            // sentences for the journal
};

// Reads the host key, opens the store, and looks the trusted callers up: after the privileges are gone,
// because it reads secrets; not on an I/O thread, because it may wait for a directory for some seconds. A trusted
// caller whose account cannot be found in that time is trusted with nothing, and a warning says so; the look-up
// goes on, so `people` lives as long as the process. Errors: as load_keyring and FileStore::open, with the path
// named.
[[nodiscard]] Result<Settings> open_settings(Config config, const People& people, const Clock& clock,
                                             Randomness& randomness);

// The part of it that a single login needs, of a program that runs as root: no linked portals, and nobody is trusted.
// Reads the host key and opens the store, and asks no name service. A store that nobody has used yet is empty, and stays
// so: whoever is not enrolled is let in as the rules say, and nothing of this machine is made. Errors: the same.
[[nodiscard]] Result<Settings> open_settings_of_one_login(Config config, const Clock& clock,
                                                          Randomness& randomness);

// For the journal when the service starts: that the store was made on another machine, or that nobody can
// tell. Returns nullopt if it was made here.
[[nodiscard]] std::optional<std::string> machine_warning(const FileStore& store);

// The settings of the moment. Thread-safe.
class CurrentSettings {
  public:
    explicit CurrentSettings(Settings first);
    [[nodiscard]] std::shared_ptr<const Settings> get() const;
    void replace(Settings next);

  private:
    mutable std::mutex mutex_;
    std::shared_ptr<const Settings> settings_;
};

}  // namespace secondstep::service
