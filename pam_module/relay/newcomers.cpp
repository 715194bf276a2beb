#include "relay/newcomers.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <map>

namespace secondstep::relay {
namespace {

// Whoever has one IPv6 address has a /64 of them (RFC 4291 section 2.5.1).
std::string network_of(const std::string& address) {
    in6_addr six{};
    if (::inet_pton(AF_INET6, address.c_str(), &six) != 1 || IN6_IS_ADDR_V4MAPPED(&six)) return address;
    return {reinterpret_cast<const char*>(six.s6_addr), 8};
}

}  // namespace

std::optional<Newcomers::Id> Newcomers::arrive(Id id, const std::string& address) {
    all_.push_back({id, network_of(address)});
    if (all_.size() <= places_) return std::nullopt;
    std::map<std::string, std::size_t> counts;
    std::size_t most = 0;
    for (const Newcomer& one : all_)
        most = std::max(most, ++counts[one.network]);
    const auto first =
        std::ranges::find_if(all_, [&](const Newcomer& one) { return counts[one.network] == most; });
    const Id gone = first->id;
    all_.erase(first);
    return gone;
}

void Newcomers::leave(Id id) {
    std::erase_if(all_, [&](const Newcomer& one) { return one.id == id; });
}

}  // namespace secondstep::relay
