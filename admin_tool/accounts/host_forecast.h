#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policy/fleet_config.h"
#include "policy/rules.h"

namespace secondstep::tool {

// What a host of a fleet can say of a login: its own rules, and not how the account stands. In sentences without a subject
// for what happens there, and with one for where to ask.
struct HostForecast {
    enum class Outcome : std::uint8_t { let_in, node_decides };
    Outcome outcome = Outcome::node_decides;
    std::vector<std::string> sentences;
};
[[nodiscard]] std::string_view to_text(HostForecast::Outcome outcome);

// Pure.
[[nodiscard]] HostForecast host_forecast_of(const Possible& possible, const std::string& user,
                                            const FleetConfig& fleet);

}  // namespace secondstep::tool
