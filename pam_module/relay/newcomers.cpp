#include "relay/newcomers.h"

#include <algorithm>
#include <map>

namespace secondstep::relay {

std::optional<Newcomers::Id> Newcomers::arrive(Id id, const std::string& address) {
    all_.push_back({id, address});
    if (all_.size() <= places_) return std::nullopt;
    std::map<std::string, std::size_t> counts;
    for (const Newcomer& one : all_)
        ++counts[one.address];
    const auto most = std::ranges::max_element(counts, {}, [](const auto& count) { return count.second; });
    const auto first = std::ranges::find(all_, most->first, &Newcomer::address);
    const Id gone = first->id;
    all_.erase(first);
    return gone;
}

void Newcomers::leave(Id id) {
    std::erase_if(all_, [&](const Newcomer& one) { return one.id == id; });
}

}  // namespace secondstep::relay
