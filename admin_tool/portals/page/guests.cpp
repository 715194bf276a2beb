#include "portals/page/guests.h"

#include <algorithm>
#include <utility>

namespace secondstep::page {

std::size_t Guests::count_of(const List& list, const std::string& address) {
    return static_cast<std::size_t>(std::ranges::count(list, address, &Guest::address));
}

std::optional<Guests::Id> Guests::arrive(Id id, const std::string& address, Time now) {
    waiting_.push_back({id, address, now});
    if (waiting_.size() <= bounds_.most_waiting) return std::nullopt;
    std::string worst = address;
    for (const Guest& guest : waiting_) {
        if (count_of(waiting_, guest.address) > count_of(waiting_, worst)) worst = guest.address;
    }
    const auto last = std::ranges::find(waiting_.rbegin(), waiting_.rend(), worst, &Guest::address);
    const Id out = last->id;
    waiting_.erase(std::prev(last.base()));
    return out;
}

void Guests::show_link(Id id) {
    const auto guest = std::ranges::find(served_, id, &Guest::id);
    if (guest != served_.end()) guest->knows_link = true;
}

void Guests::leave(Id id) {
    const auto is_it = [id](const Guest& guest) { return guest.id == id; };
    std::erase_if(served_, is_it);
    std::erase_if(waiting_, is_it);
}

bool Guests::has_its_share(const std::string& address) const {
    return count_of(served_, address) >= bounds_.most_of_one_address;
}

// In order of arrival, but first those of whose address fewest are served: many of one address wait for each
// other, not others for them.
Guests::List::iterator Guests::next_waiting(const std::vector<std::string>& passed_over) {
    auto best = waiting_.end();
    for (auto guest = waiting_.begin(); guest != waiting_.end(); ++guest) {
        if (std::ranges::find(passed_over, guest->address) != passed_over.end()) continue;
        if (best == waiting_.end() || count_of(served_, guest->address) < count_of(served_, best->address))
            best = guest;
    }
    return best;
}

Guests::List::iterator Guests::oldest_stranger(const std::string& address_or_any, Time now) {
    return std::ranges::find_if(served_, [&](const Guest& guest) {
        const bool meant = address_or_any.empty() || guest.address == address_or_any;
        return meant && !guest.knows_link && now - guest.since >= bounds_.grace;
    });
}

std::optional<Guests::Move> Guests::next(Time now) {
    if (!waiting_.empty() && now - waiting_.front().since >= bounds_.longest_wait) {
        const Id tired = waiting_.front().id;
        waiting_.erase(waiting_.begin());
        return Move{tired, std::nullopt};
    }
    std::vector<std::string> passed_over;
    for (auto guest = next_waiting(passed_over); guest != waiting_.end(); guest = next_waiting(passed_over)) {
        const bool share_is_full = has_its_share(guest->address);
        Move move{std::nullopt, guest->id};
        if (share_is_full || served_.size() >= bounds_.most) {
            const auto stranger = oldest_stranger(share_is_full ? guest->address : std::string(), now);
            if (stranger == served_.end()) {
                passed_over.push_back(guest->address);
                continue;
            }
            move.hang_up = stranger->id;
            served_.erase(stranger);
        }
        served_.push_back({guest->id, std::move(guest->address), now});
        waiting_.erase(guest);
        return move;
    }
    return std::nullopt;
}

std::optional<Guests::Time> Guests::again() const {
    if (waiting_.empty()) return std::nullopt;
    Time when = waiting_.front().since + bounds_.longest_wait;
    for (const Guest& guest : served_) {
        if (!guest.knows_link) when = std::min(when, guest.since + bounds_.grace);
    }
    return when;
}

std::string Guests::crowding() const {
    const bool full = served_.size() >= bounds_.most || waiting_.size() >= bounds_.most_of_one_address;
    if (waiting_.empty() || !full) return {};
    List all = served_;
    all.insert(all.end(), waiting_.begin(), waiting_.end());
    const auto most = std::ranges::max_element(
        all, {}, [&all](const Guest& guest) { return count_of(all, guest.address); });
    return most->address;
}

}  // namespace secondstep::page
