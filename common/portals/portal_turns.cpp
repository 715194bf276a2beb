#include "portals/portal_turns.h"

#include <algorithm>

namespace secondstep::dialogue {

namespace {

constexpr std::size_t most_kept = 16384;
constexpr std::chrono::seconds soon{1};

std::chrono::seconds rounded_up(PortalTurns::Time::duration time) {
    return std::max(std::chrono::ceil<std::chrono::seconds>(time), soon);
}

}  // namespace

// Of real portals only, and their readers: it takes thousands of them to get here.
// Then everybody begins anew.
void PortalTurns::make_room(auto& of) {
    if (of.size() >= most_kept) of.clear();
}

std::chrono::seconds PortalTurns::until_counted(const std::string& portal, uid_t reader, Time now) {
    const std::lock_guard guard(mutex_);
    make_room(counted_);
    std::deque<Time>& given = counted_[{portal, reader}];
    while (!given.empty() && now - given.front() >= counted_within)
        given.pop_front();
    if (given.size() >= most_counted) return rounded_up(given.front() + counted_within - now);
    given.push_back(now);
    return std::chrono::seconds{0};
}

PortalTurns::Line& PortalTurns::line_of(const std::string& portal, Time now) {
    make_room(lines_);
    Line& line = lines_[portal];
    std::erase_if(line, [now](const Waiting& one) { return now > one.back_at + patience; });
    return line;
}

std::chrono::seconds PortalTurns::until_turn(const std::string& portal, uid_t who, Time now) {
    const std::lock_guard guard(mutex_);
    Line& line = line_of(portal, now);
    auto place = std::ranges::find(line, who, &Waiting::who);
    if (place == line.end()) place = line.insert(line.end(), Waiting{who, now});
    place->back_at = now;
    if (place == line.begin()) return std::chrono::seconds{0};
    const std::chrono::seconds wait = rounded_up(line.front().back_at - now);
    place->back_at = now + wait;
    return wait;
}

void PortalTurns::asks_again(const std::string& portal, uid_t who, Time when) {
    const std::lock_guard guard(mutex_);
    for (Waiting& one : lines_[portal]) {
        if (one.who == who) one.back_at = when;
    }
}

void PortalTurns::was_served(const std::string& portal, uid_t who) {
    const std::lock_guard guard(mutex_);
    const auto line = lines_.find(portal);
    if (line == lines_.end()) return;
    std::erase_if(line->second, [who](const Waiting& one) { return one.who == who; });
    if (line->second.empty()) lines_.erase(line);
}

bool PortalTurns::others_wait(const std::string& portal, uid_t who, Time now) {
    const std::lock_guard guard(mutex_);
    return std::ranges::any_of(line_of(portal, now), [who, now](const Waiting& one) {
        return one.who != who && one.back_at <= now + soon;
    });
}

bool PortalTurns::is_first_sight(const std::string& portal, uid_t who, std::uint64_t step) {
    const std::lock_guard guard(mutex_);
    make_room(seen_);
    const auto [known, is_new] = seen_.try_emplace({portal, who}, step);
    return is_new || std::exchange(known->second, step) != step;
}

}  // namespace secondstep::dialogue
