#include "account/source.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/text.h"
#include "otp/kdf.h"

namespace secondstep {
namespace {

// The first byte of a key says what the rest is, so that no host name can be mistaken for an address.
enum class KeyTag : std::uint8_t { machine = 0, host_name = 1, ipv4 = 4, ipv6 = 6, elsewhere = 128 };

SourceKey tagged(KeyTag tag, ByteView content) {
    SourceKey key{};
    key[0] = static_cast<std::uint8_t>(tag);
    std::copy_n(content.begin(), std::min(content.size(), key.size() - 1), key.begin() + 1);
    return key;
}

SourceKey key_of_ipv6(const in6_addr& address) {
    const ByteView bytes{address.s6_addr, sizeof address.s6_addr};
    if (IN6_IS_ADDR_V4MAPPED(&address)) return tagged(KeyTag::ipv4, bytes.subspan(12, 3));
    return tagged(KeyTag::ipv6, bytes.first(6));
}

// "fe80::1%eth0" => the zone says through which of our interfaces, not where from.
std::optional<SourceKey> key_of_address(std::string_view rhost) {
    const std::string text(rhost.substr(0, rhost.find('%')));
    in_addr v4{};
    if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) {
        const std::uint32_t host_order = ntohl(v4.s_addr);
        const std::array<std::uint8_t, 3> network{static_cast<std::uint8_t>(host_order >> 24U),
                                                  static_cast<std::uint8_t>(host_order >> 16U),
                                                  static_cast<std::uint8_t>(host_order >> 8U)};
        return tagged(KeyTag::ipv4, network);
    }
    in6_addr v6{};
    if (::inet_pton(AF_INET6, text.c_str(), &v6) == 1) return key_of_ipv6(v6);
    return std::nullopt;
}

}  // namespace

Result<Source> source_of_rhost(std::string_view rhost, SourceKind kind_when_remote) {
    if (kind_when_remote == SourceKind::own_uid) return own_uid_source();
    if (rhost.empty()) {
        const bool portal = kind_when_remote == SourceKind::trusted_caller;
        return Source{portal ? SourceKind::trusted_caller : SourceKind::local, {}};
    }
    if (const auto key = key_of_address(rhost)) return Source{kind_when_remote, *key};
    const auto digest = otp::sha256(as_bytes(lowercase_ascii(rhost)));
    if (!digest) return std::unexpected(digest.error());
    return Source{kind_when_remote, tagged(KeyTag::host_name, *digest)};
}

Source own_uid_source() {
    return Source{SourceKind::own_uid, {}};
}

bool is_loopback(const Source& source) {
    constexpr std::uint8_t network = 127;
    const auto rest = std::span(source.key).subspan(1);
    const KeyTag tag{source.key[0]};
    const bool is_six =
        tag == KeyTag::ipv6 && std::ranges::all_of(rest, [](std::uint8_t byte) { return byte == 0; });
    return is_six || (tag == KeyTag::ipv4 && source.key[1] == network);
}

Result<Source> seen_from(const Source& source, ByteView host) {
    Bytes mixed(host.begin(), host.end());
    mixed.insert(mixed.end(), source.key.begin(), source.key.end());
    const auto digest = otp::sha256(mixed);
    if (!digest) return std::unexpected(digest.error());
    return Source{source.kind, tagged(KeyTag::elsewhere, *digest)};
}

std::string in_words(const Source& source) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    std::array<std::uint8_t, 16> network{};
    std::copy(source.key.begin() + 1, source.key.end(), network.begin());
    if (source.kind == SourceKind::own_uid) return "own programs";
    switch (KeyTag{source.key[0]}) {
        case KeyTag::machine:
            return source.kind == SourceKind::trusted_caller ? "a portal" : "this machine";
        case KeyTag::host_name:
            return "a host by its name";
        case KeyTag::elsewhere:
            return "another host of the fleet";
        case KeyTag::ipv4:
            return std::string(::inet_ntop(AF_INET, network.data(), text.data(), text.size())) + "/24";
        case KeyTag::ipv6:
            return std::string(::inet_ntop(AF_INET6, network.data(), text.data(), text.size())) + "/48";
    }
    return "elsewhere";
}

// An address with a zone is none: it names another host on each interface.
std::optional<std::string> exact_address(std::string_view rhost) {
    const std::string text(rhost);
    std::array<char, INET6_ADDRSTRLEN> written{};
    in_addr v4{};
    in6_addr v6{};
    const bool is_v6 = ::inet_pton(AF_INET6, text.c_str(), &v6) == 1;
    if (!is_v6 && ::inet_pton(AF_INET, text.c_str(), &v4) != 1) return std::nullopt;
    if (is_v6 && !IN6_IS_ADDR_V4MAPPED(&v6)) {
        return std::string(::inet_ntop(AF_INET6, &v6, written.data(), written.size()));
    }
    if (is_v6) std::memcpy(&v4, v6.s6_addr + 12, sizeof v4);
    return std::string(::inet_ntop(AF_INET, &v4, written.data(), written.size()));
}

}  // namespace secondstep
