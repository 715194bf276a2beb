#include "base/bytes.h"

namespace secondstep {

bool equal_in_constant_time(ByteView a, ByteView b) noexcept {
    if (a.size() != b.size()) return false;
    std::uint8_t difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        difference = static_cast<std::uint8_t>(difference | (a[i] ^ b[i]));
        // Hides the value from the optimizer, which could otherwise stop at the first difference.
        asm volatile("" : "+r"(difference));
    }
    return difference == 0;
}

}  // namespace secondstep
