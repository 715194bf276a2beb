#include "portals/page/link.h"

namespace secondstep::page {

namespace {

constexpr std::size_t token_bytes = 16;

}  // namespace

Secret make_token(Randomness& randomness) {
    constexpr std::string_view digits = "0123456789abcdef";
    const Secret random = randomness.secret(token_bytes);
    Secret token;
    for (const std::uint8_t byte : random.bytes()) {
        token.push_back(digits[byte >> 4]);
        token.push_back(digits[byte & 0x0f]);
    }
    return token;
}

std::string authority_of(std::string_view configured, std::string_view host, std::uint16_t port) {
    if (!configured.empty()) return std::string(configured);
    return std::string(host) + (port == 443 ? "" : ":" + std::to_string(port));
}

std::string host_in(std::string_view authority) {
    if (authority.starts_with('[')) return std::string(authority.substr(1, authority.find(']') - 1));
    return std::string(authority.substr(0, authority.find(':')));
}

Secret link_of(std::string_view authority, const Secret& token) {
    Secret link = Secret::copy_of("https://");
    link.append(authority);
    link.push_back('/');
    link.append(token.bytes());
    return link;
}

bool leads_here(std::string_view target, const Secret& token) {
    if (target.empty()) return false;
    const bool slash = target.front() == '/';
    return equal_in_constant_time(as_bytes(target.substr(1)), token.bytes()) && slash && !token.empty();
}

}  // namespace secondstep::page
