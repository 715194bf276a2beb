#include "relay/clock_readings.h"

#include <algorithm>

namespace secondstep::relay {
namespace {

// What a clock may say is any number of 64 bits; twice this one is none that is not.
constexpr std::chrono::milliseconds farthest = std::chrono::days{365} * 1000;

WallTime within_reason(WallTime time) {
    return std::clamp(time, WallTime{} - farthest, WallTime{} + farthest);
}

}  // namespace

void ClockReadings::add(WallTime said, WallTime heard) {
    if (readings_.size() == remembered) readings_.pop_front();
    readings_.push_back(within_reason(said) - heard);
}

std::optional<std::chrono::milliseconds> ClockReadings::ahead() const {
    if (readings_.empty()) return std::nullopt;
    return std::ranges::max(readings_);
}

}  // namespace secondstep::relay
