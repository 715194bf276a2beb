#pragma once

#include <cstdint>

namespace secondstep {

// The answer to a question that may have none. What cannot be told never counts as "no".
enum class Certainty : std::uint8_t { no, yes, cannot_tell };

[[nodiscard]] constexpr Certainty certainty_of(bool so) {
    return so ? Certainty::yes : Certainty::no;
}
[[nodiscard]] constexpr Certainty both(Certainty a, Certainty b) {
    if (a == Certainty::no || b == Certainty::no) return Certainty::no;
    return a == Certainty::yes && b == Certainty::yes ? Certainty::yes : Certainty::cannot_tell;
}
[[nodiscard]] constexpr Certainty opposite(Certainty a) {
    if (a == Certainty::cannot_tell) return a;
    return certainty_of(a == Certainty::no);
}
[[nodiscard]] constexpr Certainty either(Certainty a, Certainty b) {
    return opposite(both(opposite(a), opposite(b)));
}

}  // namespace secondstep
