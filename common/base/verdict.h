#pragma once

#include <cstdint>

namespace secondstep {

// How a dialogue ended. The values travel on the wire: never renumber.
enum class Verdict : std::uint8_t {
    accepted = 1,     // the second step was right, and that is on the disk
    refused = 2,      // wrong, reused, expired, throttled, unknown user, not enrolled although it is required
    not_needed = 3,   // policy says exempt, or nobody is enrolled and that is allowed
    unavailable = 4,  // the store could not be read or written: nothing is known about the answer
    cancelled = 5,    // the conversation failed or the person gave up (NULL answer)
    not_allowed = 6,  // this caller may not ask for this account
    misconfigured = 7  // the configuration or the request is wrong; retrying does not help
};

}  // namespace secondstep
