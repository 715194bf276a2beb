#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "account/state.h"
#include "base/clock.h"

namespace secondstep {

// No longer than this, whatever a file says (NIST SP 800-63B-4 section 2.2.3: 24 hours for AAL2).
inline constexpr std::chrono::seconds longest_remembered = std::chrono::hours{24};

// What a login is remembered by: the service and the exact address.
struct Client {
    std::string_view service;
    std::string_view address;  // as exact_address() writes it
    HostTag host{};            // of the host of the fleet that was logged in to
};

[[nodiscard]] bool is_remembered(const State& state, const Client& client, UnixTime now);

// Puts the client first, from now on for `time`; what has ended, and the oldest over 16, goes. A service name
// too long for the state is not remembered, nor what is not an address.
void remember_client(State& state, const Client& client, UnixTime now, std::chrono::seconds time);

}  // namespace secondstep
