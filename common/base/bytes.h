#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace secondstep {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using MutableByteView = std::span<std::uint8_t>;
using Digest = std::array<std::uint8_t, 32>;  // SHA-256 wide

inline ByteView as_bytes(std::string_view text) {
    // The one place where text is looked at as bytes; both are byte-sized and have no alignment.
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Compares all bytes whatever they are: the time depends on the lengths only. Unequal lengths are unequal.
[[nodiscard]] bool equal_in_constant_time(ByteView a, ByteView b) noexcept;

}  // namespace secondstep
