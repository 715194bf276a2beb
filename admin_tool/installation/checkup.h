#pragma once

#include <string>

#include "installation/diagnosis.h"
#include "policy/config.h"
#include "store/file_store.h"

namespace secondstep::tool {

// Each of these looks and reports; none changes anything.

void check_clock(Diagnoses& findings);
// Owner and mode of the folders of configuration and socket: whoever may write there decides about logins.
void check_folders(const Config& config, const std::string& config_path, Diagnoses& findings);
// Space, inodes, read-only.
void check_disk(const Config& config, Diagnoses& findings);
// The 256 decoys open with the host key; every account's files are read and unsealed.
void check_records(const Config& config, const FileStore& store, Diagnoses& findings);
// True, and said: its accounts were handed over to a fleet, and there is nothing to look at here but its portals.
[[nodiscard]] bool check_moved(const Config& config, const FileStore& store, Diagnoses& findings);
// Whether the store was made on this machine.
void check_machine(const Config& config, const FileStore& store, Diagnoses& findings);

// "7 accounts are sealed with key 6bb5..."
[[nodiscard]] std::string sealed_with(std::size_t accounts, const KeyId& key);
// What `status` says of it, too.
[[nodiscard]] std::string made_elsewhere(const MachineRecord& record);

}  // namespace secondstep::tool
