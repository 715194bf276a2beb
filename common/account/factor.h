#pragma once

#include <cstdint>

namespace secondstep {

// What was answered with, right or not. The values are stored: never renumber.
enum class Factor : std::uint8_t {
    authenticator = 1,  // or a code that was sent
    recovery_code = 2,
    temporary_code = 3,
    registration_code = 4,
};

}  // namespace secondstep
