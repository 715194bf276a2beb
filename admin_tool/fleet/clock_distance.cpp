#include "fleet/clock_distance.h"

#include <cstdint>
#include <ratio>

#include "base/duration.h"

namespace secondstep::tool {

std::string distance_in_words(std::chrono::milliseconds apart) {
    constexpr std::chrono::seconds longest_in_tenths{100};
    const auto distance = std::chrono::abs(apart);
    if (distance >= longest_in_tenths) return in_words(std::chrono::round<std::chrono::seconds>(distance));
    const auto tenths = std::chrono::round<std::chrono::duration<std::int64_t, std::deci>>(distance).count();
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

}  // namespace secondstep::tool
