#pragma once

#include <cstdint>
#include <string>

#include "account/state.h"
#include "base/clock.h"

namespace secondstep::fleet {

// What people may change of their second step while they log in on a host. Whoever has broken into a host can misuse
// what is typed there: one code must not become a lasting takeover.
enum class HostClass : std::uint8_t {
    login = 1,    // log in, and nothing else (the default)
    enroll = 2,   // also: a first enrollment with a registration code, which is as trustworthy as the host
    changes = 3,  // everything that a node allows
};

// A host as the registry of the fleet has it: never what it says of itself.
struct Host {
    std::string name;
    HostClass changes = HostClass::login;
    HostTag tag{};  // SHA-256 of the name, its first bytes: what the state keeps of it
    // Of the fleet: the uids of a machine are its own, and the name alone is the person (uids = differ).
    bool own_uids = false;
    // When it was registered: who was dropped and has joined again is another host of that name.
    UnixTime since{};
};

}  // namespace secondstep::fleet
