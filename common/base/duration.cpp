#include "base/duration.h"

#include <cstdint>

namespace secondstep {

std::string counted(std::int64_t number, std::string_view unit) {
    return std::to_string(number) + " " + std::string(unit) + (number == 1 ? "" : "s");
}

std::string in_words(std::chrono::seconds duration) {
    const std::int64_t seconds = duration.count();
    if (seconds < 90) return counted(seconds, "second");
    if (seconds < std::int64_t{90} * 60) return counted((seconds + 30) / 60, "minute");
    return counted((seconds + 1800) / 3600, "hour");
}

}  // namespace secondstep
