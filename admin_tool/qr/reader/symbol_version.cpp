#include "qr/reader/symbol_version.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace secondstep::qr_reader {

int version_of_side(double modules) {
    return static_cast<int>(std::clamp<double>(std::round((modules - 17) / 4), first_version, last_version));
}

// Annex E is a table; this is its rule. The distances are even and equal, but for the first, which is less. Only
// for 32 the table has them two wider.
std::vector<int> alignment_positions(int version) {
    if (version == first_version) return {};
    const int count = version / 7 + 2;
    const int span = side_of(version) - 13;
    const int gaps = count - 1;
    const int step = version == 32 ? 26 : (span + 2 * gaps - 1) / (2 * gaps) * 2;
    std::vector<int> positions = {6};
    for (int i = gaps - 1; i >= 0; --i)
        positions.push_back(side_of(version) - 7 - i * step);
    return positions;
}

std::uint32_t bits_of_version(int version) {
    constexpr std::uint32_t generator = 0x1f25;
    const auto data = static_cast<std::uint32_t>(version) << 12;
    std::uint32_t rest = data;
    for (int bit = 17; bit >= 12; --bit)
        if ((rest >> bit & 1) != 0) rest ^= generator << (bit - 12);
    return data | rest;
}

std::optional<int> version_of_bits(std::uint32_t bits) {
    for (int version = first_told_version; version <= last_version; ++version)
        if (std::popcount(bits_of_version(version) ^ bits) <= 3) return version;
    return std::nullopt;
}

}  // namespace secondstep::qr_reader
