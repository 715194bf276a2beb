#pragma once

#include <cstdint>

namespace secondstep {

// What a dialogue is for. The values travel on the wire: never renumber.
enum class Purpose : std::uint8_t { authenticate = 1, account = 2, manage = 3 };

// What is to be managed; the tool's verbs of the same names. Likewise.
enum class Task : std::uint8_t {
    none = 0,
    status = 1,
    enroll = 2,
    recovery_codes = 3,
    disable = 4,
    clients = 5,
    drop_clients = 6,
    portals = 7,
    devices = 8,
};
// False: a number that a later program asks for. It is told so.
[[nodiscard]] constexpr bool is_known(Task task) {
    return task <= Task::devices;
}

}  // namespace secondstep
