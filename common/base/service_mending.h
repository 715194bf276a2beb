#pragma once

#include <string_view>

namespace secondstep {

// What is done about a service that runs, for an administrator who reads it: where systemd runs, and where it does not. Not
// told by a look at this machine: it may be read on another one.
inline constexpr std::string_view how_to_restart_the_service =
    "systemctl restart secondstepd; without systemd end secondstepd and start it as root";
inline constexpr std::string_view how_to_start_the_service =
    "systemctl enable --now secondstepd.socket; without systemd start secondstepd as root";
inline constexpr std::string_view how_to_reload_the_service =
    "systemctl reload secondstepd; without systemd: SIGHUP to it";

}  // namespace secondstep
