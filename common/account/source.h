#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace secondstep {

// Where an attempt comes from, as far as the throttle cares. IPv4 by /24, IPv6 by /48 (an IPv4-mapped
// address is its IPv4), "this machine" for a local terminal, a host name as a digest of its lower-case
// text (never resolved).
using SourceKey = std::array<std::uint8_t, 16>;

enum class SourceKind : std::uint8_t {
    address = 1,         // a remote host, told by a program that runs as root
    local = 2,           // no remote host: console, su, sudo; told by a program that runs as root
    own_uid = 3,         // a program with the account's own uid; what it says about rhost is not believed
    trusted_caller = 4,  // a trusted caller; its rhost is believed
};

struct Source {
    SourceKind kind = SourceKind::local;
    SourceKey key{};
    friend bool operator==(const Source&, const Source&) = default;
};

// rhost as PAM gives it: an address, a host name, or nothing. Nothing is "this machine" when a program that
// runs as root says it (kind_when_remote is `address`); from a portal it stays the portal's. Errors: crypto.
[[nodiscard]] Result<Source> source_of_rhost(std::string_view rhost, SourceKind kind_when_remote);
[[nodiscard]] Source own_uid_source();
// 127.0.0.0/8, or the network of ::1, which has no other address. Not of what seen_from() gave.
[[nodiscard]] bool is_loopback(const Source& source);

// The source as another host of a fleet sees it. What a host says about addresses counts for that host alone: one that
// was broken into must not get at what stands for the owner's places elsewhere. `host` is its tag. Errors: crypto.
[[nodiscard]] Result<Source> seen_from(const Source& source, ByteView host);

// For people: "192.0.2.0/24", "2001:db8:7::/48", "this machine", "a host by its name", "own programs",
// "another host of the fleet" (of which a digest is all there is).
[[nodiscard]] std::string in_words(const Source& source);

// The address itself, in one spelling (an IPv4-mapped one as its IPv4). Returns nullopt for a host name, or
// no host.
[[nodiscard]] std::optional<std::string> exact_address(std::string_view rhost);

}  // namespace secondstep
