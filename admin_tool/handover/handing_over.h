#pragma once

#include <string>
#include <vector>

#include "base/secret.h"
#include "console/exit_status.h"
#include "files/caller_file.h"
#include "policy/config.h"

namespace secondstep::tool {

// `store migrate --to fleet` on a host: shuts the host's own store (moved_mark.h), and writes its accounts into a file for a
// node. Doing it again, with the same or another token, makes the same file again: what is shut stays as it is.
struct HandingOver {
    Secret token;  // as it was typed
    bool json = false;
};
[[nodiscard]] Exit hand_over(const Config& config, const HandingOver& wanted, std::vector<CallerFile>& files);

// `store migrate --to fleet FILE` on a node: takes over what a host that is permitted to has handed over.
struct TakingIn {
    int bundle;
    bool merge = false;
    bool with_root = false;
    bool dry_run = false;
    bool json = false;
};
[[nodiscard]] Exit take_into_fleet(const Config& config, const TakingIn& wanted);

}  // namespace secondstep::tool
