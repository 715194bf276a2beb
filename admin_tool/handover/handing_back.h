#pragma once

#include <string>
#include <vector>

#include "base/secret.h"
#include "console/exit_status.h"
#include "files/caller_file.h"
#include "policy/config.h"

namespace secondstep::tool {

// `store migrate --to files HOST` on a node: takes accounts out of the fleet into a file for exactly that host, and shows its
// token. What has left the fleet is kept beside it until `fleet end-migration`; doing it again makes the file again.
struct HandingBack {
    std::string host;
    std::vector<std::string> users;  // empty: all
    bool json = false;
};
[[nodiscard]] Exit hand_back(const Config& config, const HandingBack& wanted, std::vector<CallerFile>& files);

// `store migrate --to files FILE` on the host: takes them into its own store, which counts again afterwards.
struct TakingBack {
    int bundle;
    Secret token;  // as it was typed
    bool merge = false;
    // Of those who are in its own store and not in the file: their second steps here are deleted.
    bool without_others = false;
    bool json = false;
};
[[nodiscard]] Exit take_back(const Config& config, const TakingBack& wanted);

}  // namespace secondstep::tool
