#include "base/local_time.h"

#include <array>
#include <ctime>

namespace secondstep {
namespace {

std::tm local(UnixTime time) {
    const std::time_t seconds = to_unix(time);
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    return parts;
}

using Text = std::array<char, 64>;

}  // namespace

std::string local_minute(UnixTime time) {
    const std::tm parts = local(time);
    Text text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M", &parts)};
}

std::string local_clock(UnixTime time) {
    const std::tm parts = local(time);
    Text text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%H:%M", &parts)};
}

std::string local_day(UnixTime time) {
    const std::tm parts = local(time);
    Text text{};
    return std::to_string(parts.tm_mday) + " " +
           std::string(text.data(), std::strftime(text.data(), text.size(), "%B", &parts));
}

std::string utc_second(UnixTime time) {
    const std::time_t seconds = to_unix(time);
    std::tm parts{};
    std::array<char, 32> text{};
    if (::gmtime_r(&seconds, &parts) == nullptr) return {};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace secondstep
