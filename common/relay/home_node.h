#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "base/error.h"

namespace secondstep::relay {

// The node that is asked about an account: of these the one whose name gives the highest SHA-256 together with the
// account's (rendezvous hashing). Every host chooses the same without asking anybody, and a node that goes takes only
// its own accounts along. It is a matter of speed: any node judges alike. Its place in `nodes`; nullopt if there are
// none. Errors: crypto.
[[nodiscard]] Result<std::optional<std::size_t>> home_node(std::string_view account,
                                                           std::span<const std::string_view> nodes);

}  // namespace secondstep::relay
