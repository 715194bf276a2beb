#include <algorithm>

#include "dialogue/dialogue.h"

namespace secondstep::dialogue {
namespace {

using Time = std::chrono::steady_clock::time_point;

constexpr std::chrono::milliseconds between_two{1000};
constexpr std::size_t most_sources = 4096;

std::string key_of(const Source& source) {
    std::string key(1, static_cast<char>(source.kind));
    key.append(source.key.begin(), source.key.end());
    return key;
}

void make_room(std::unordered_map<std::string, Time>& last, Time now) {
    if (last.size() < most_sources) return;
    std::erase_if(last, [now](const auto& entry) { return now - entry.second >= between_two; });
    if (last.size() < most_sources) return;
    last.erase(std::ranges::min_element(last, {}, [](const auto& entry) { return entry.second; }));
}

}  // namespace

std::chrono::milliseconds RecoveryLimiter::admit(const Source& source, Time now) {
    const std::lock_guard lock(mutex_);
    const std::string key = key_of(source);
    const auto found = last_.find(key);
    if (found != last_.end() && now - found->second < between_two) {
        return std::chrono::ceil<std::chrono::milliseconds>(found->second + between_two - now);
    }
    if (found == last_.end()) make_room(last_, now);
    last_[key] = now;
    return std::chrono::milliseconds::zero();
}

}  // namespace secondstep::dialogue
