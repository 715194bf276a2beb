#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "policy/config.h"
#include "stacks/remark.h"

namespace secondstep::tool {

// What the service that runs says of itself.
struct RunningService {
    std::string version;
    std::string configuration;  // Config::fingerprint of what it goes by
    UnixTime read_at = never;   // when it read that; unset: it does not say
};
// Nothing where none runs, where one is too old to say it, and for who is not root, whom it does not tell. Waits
// two seconds at most.
[[nodiscard]] std::optional<RunningService> running_service(const Config& config);

// That it still goes by another text than the files hold now, or is another version than this tool.
[[nodiscard]] Remarks running_service_remarks(const RunningService& service, const Config& config,
                                              const std::string& file);

}  // namespace secondstep::tool
