#include "relay/seen_hosts.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace secondstep::relay {

void SeenHosts::gone(HostSeen last, Time now) {
    const Time heard = now - last.heard;
    last.connected.reset();
    if (gone_.size() >= most_gone && !gone_.contains(last.name))
        gone_.erase(std::ranges::min_element(gone_, {}, [](const auto& one) { return one.second.heard; }));
    const std::string name = last.name;
    gone_.insert_or_assign(name, Gone{std::move(last), heard});
}

HostsSeen SeenHosts::after(const std::string& name, const std::vector<HostSeen>& connected, Time now) const {
    std::map<std::string, HostSeen> all;
    for (const HostSeen& one : connected) {
        const auto [at, is_first] = all.emplace(one.name, one);
        if (!is_first && one.heard < at->second.heard) at->second = one;
    }
    for (const auto& [gone, what] : gone_) {
        HostSeen last = what.last;
        last.heard = std::chrono::floor<std::chrono::seconds>(now - what.heard);
        all.emplace(gone, std::move(last));  // who is connected again is not gone
    }
    HostsSeen seen{
        .running = std::chrono::floor<std::chrono::seconds>(now - began_), .more = false, .hosts = {}};
    for (auto one = all.upper_bound(name); one != all.end() && !seen.more; ++one) {
        seen.more = seen.hosts.size() == max_hosts_seen;
        if (!seen.more) seen.hosts.push_back(std::move(one->second));
    }
    return seen;
}

}  // namespace secondstep::relay
