#include "policy/network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <optional>

#include "base/text.h"

namespace secondstep {
namespace {

constexpr std::array<std::uint8_t, 12> v4_mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned mapped_bits = 96;

struct Address {
    bool v6 = false;
    std::array<std::uint8_t, 16> bytes{};
};

// "192.0.2.7", "2001:db8::1", "fe80::1%eth0"
std::optional<Address> parse_address(std::string_view text) {
    const std::string address(text.substr(0, text.find('%')));
    Address out;
    if (::inet_pton(AF_INET, address.c_str(), out.bytes.data()) == 1) return out;
    out.v6 = true;
    if (::inet_pton(AF_INET6, address.c_str(), out.bytes.data()) == 1) return out;
    return std::nullopt;
}

bool is_mapped(const Address& address) {
    return address.v6 && std::equal(v4_mapped.begin(), v4_mapped.end(), address.bytes.begin());
}

// ::ffff:192.0.2.7 => 192.0.2.7: a listener on both families sees the same client under both.
Address without_mapping(const Address& address) {
    if (!is_mapped(address)) return address;
    Address v4;
    std::copy(address.bytes.begin() + v4_mapped.size(), address.bytes.end(), v4.bytes.begin());
    return v4;
}

std::uint8_t mask_of(unsigned prefix, unsigned byte) {
    const unsigned bits = prefix <= byte * 8 ? 0 : std::min(8U, prefix - byte * 8);
    return static_cast<std::uint8_t>(0xff00U >> bits);
}

bool same_network(const std::uint8_t* a, const std::uint8_t* b, unsigned prefix, unsigned width) {
    for (unsigned i = 0; i < width / 8; ++i) {
        if (((a[i] ^ b[i]) & mask_of(prefix, i)) != 0) return false;
    }
    return true;
}

bool is_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_alphanumeric(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    });
}

// What programs give as the terminal of a person who sits here: "tty1", "/dev/tty1", "pts/3", "console". What
// is no device: "ssh", "cron", ":0". By its name, because the service does not see the machine's /dev.
bool is_device(std::string_view tty) {
    if (tty.starts_with("/dev/")) tty.remove_prefix(5);
    if (tty.starts_with("pts/")) return is_digits(tty.substr(4));
    if (tty.starts_with("tty") || tty.starts_with("hvc")) return is_alphanumeric(tty.substr(3));
    return tty == "console";
}

std::unexpected<Error> not_a_network() {
    return fail(Errc::invalid, "not a network (192.0.2.0/24, 2001:db8::/32), an address, or the word local");
}

}  // namespace

Result<Network> Network::parse(std::string_view text) {
    Network network;
    if (text == "local") {
        network.local_ = true;
        return network;
    }
    const std::size_t slash = text.find('/');
    std::optional<Address> address = parse_address(text.substr(0, slash));
    if (!address || text.find('%') != std::string_view::npos) return not_a_network();
    const unsigned width = address->v6 ? 128 : 32;
    const std::optional<unsigned> prefix =
        slash == std::string_view::npos ? width : parse_number<unsigned>(text.substr(slash + 1));
    if (!prefix || *prefix > width) return not_a_network();
    network.prefix_ = *prefix;
    if (is_mapped(*address) && *prefix >= mapped_bits) {
        address = without_mapping(*address);
        network.prefix_ -= mapped_bits;
    }
    network.v6_ = address->v6;
    std::ranges::copy(address->bytes, std::begin(network.address_));
    if (!network.has_no_host_bits()) {
        return fail(Errc::invalid, "not a network: it has bits set after the prefix");
    }
    return network;
}

bool Network::has_no_host_bits() const {
    for (unsigned i = 0; i < (v6_ ? 16U : 4U); ++i) {
        if ((address_[i] & ~mask_of(prefix_, i) & 0xff) != 0) return false;
    }
    return true;
}

Certainty Network::contains(std::string_view rhost, std::string_view tty) const {
    if (local_) return certainty_of(rhost.empty() && is_device(tty));
    if (rhost.empty()) return Certainty::no;
    const std::optional<Address> parsed = parse_address(rhost);
    if (!parsed) return Certainty::cannot_tell;
    const Address address = without_mapping(*parsed);
    return certainty_of(address.v6 == v6_ &&
                        same_network(address.bytes.data(), address_, prefix_, v6_ ? 128 : 32));
}

bool is_address(std::string_view rhost) {
    return parse_address(rhost).has_value();
}

}  // namespace secondstep
