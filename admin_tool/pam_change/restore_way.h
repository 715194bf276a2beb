#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace secondstep::tool {

// Who runs secondstep-pam-restore when the time is over.
enum class RestoreWay : std::uint8_t {
    timer,   // secondstep-pam-catch.timer of systemd
    at,      // a job of at(1), with a copy of the program
    nobody,  // --no-catch
};
[[nodiscard]] std::string_view to_text(RestoreWay way);  // "timer"
[[nodiscard]] std::optional<RestoreWay> restore_way_named(std::string_view word);

// The way that this machine has. Errors: not_found, with what is missing.
[[nodiscard]] Result<RestoreWay> restore_way_here();

// From now on, and after a reboot, the program is run in time. `state`: the directory of the pending change.
// Errors: io.
[[nodiscard]] Result<void> arm(RestoreWay way, const std::string& state);

// The timer stops. A job of at(1) finds nothing to do.
void disarm(RestoreWay way);

}  // namespace secondstep::tool
