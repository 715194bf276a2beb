#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

// The sizes a QR code can have, and what follows from them (ISO/IEC 18004:2015, table 1, 7.10, annexes D and E).
namespace secondstep::qr_reader {

inline constexpr int first_version = 1;
inline constexpr int last_version = 40;
// From this on a code says its version twice, beside two of its finder patterns.
inline constexpr int first_told_version = 7;

// Modules a side: 21, 25 ... 177.
[[nodiscard]] constexpr int side_of(int version) {
    return 17 + 4 * version;
}
// The version whose side is nearest, within 1 to 40.
[[nodiscard]] int version_of_side(double modules);

// Columns, which are the rows too, of the middles of the alignment patterns: {6, 22, 38} for 7; none for 1.
[[nodiscard]] std::vector<int> alignment_positions(int version);

// The 18 bits beside a finder pattern => 7 to 40, also when up to three of them are wrong (BCH code with
// distance 8, annex D). nullopt: they are no version's.
[[nodiscard]] std::optional<int> version_of_bits(std::uint32_t bits);
[[nodiscard]] std::uint32_t bits_of_version(int version);

}  // namespace secondstep::qr_reader
