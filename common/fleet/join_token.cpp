#include "fleet/join_token.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/pasted_text.h"
#include "encoding/crockford.h"
#include "otp/kdf.h"

namespace secondstep::fleet {
namespace {

constexpr std::size_t group = 4;
constexpr std::size_t check_size = 2;
constexpr std::size_t content_size =
    std::tuple_size_v<PermissionId> + join_secret_size + std::tuple_size_v<AuthorityPin>;
constexpr std::size_t size = content_size + check_size;
static_assert(size % 5 == 0, "whole symbols");

// The version is in it: a later form of tokens fails here, and is not half understood.
Result<std::array<std::uint8_t, check_size>> check_of(ByteView content) {
    Secret text = Secret::copy_of("secondstep fleet token 1");
    text.append(content);
    const auto digest = otp::sha256(text.bytes());
    if (!digest) return std::unexpected(digest.error());
    return std::array<std::uint8_t, check_size>{(*digest)[0], (*digest)[1]};
}

std::unexpected<Error> no_token(std::string_view why) {
    return fail(Errc::invalid, "This is no token of a fleet: " + std::string(why) +
                                   ". Copy it whole, as secondstep fleet invite-hosts has shown it.");
}

template <std::size_t N>
void take(std::array<std::uint8_t, N>& out, ByteView& rest) {
    std::ranges::copy(rest.first(N), out.begin());
    rest = rest.subspan(N);
}

}  // namespace

Result<Secret> to_text(const JoinToken& token) {
    Secret bytes;
    bytes.reserve(size);
    bytes.append(token.permission);
    bytes.append(token.secret.bytes());
    bytes.append(token.authority);
    if (bytes.size() != content_size) return fail(Errc::invalid, "A token of another length.");
    const auto check = check_of(bytes.bytes());
    if (!check) return std::unexpected(check.error());
    bytes.append(*check);
    return otp::crockford_text(bytes.bytes(), group);
}

Result<JoinToken> parse_join_token(std::string_view typed) {
    const auto plain = without_layout(without_caption(typed));
    const auto symbols = plain ? otp::crockford_symbols(plain->text()) : std::nullopt;
    const auto bytes = symbols ? otp::crockford_bytes(symbols->text()) : std::nullopt;
    if (!bytes || bytes->size() != size)
        return no_token("it is not 56 letters and digits (without I, L, O and U)");
    ByteView rest = bytes->bytes();
    const auto check = check_of(rest.first(content_size));
    if (!check) return std::unexpected(check.error());
    if (!equal_in_constant_time(*check, rest.subspan(content_size)))
        return no_token("a character of it is another one");
    JoinToken token;
    take(token.permission, rest);
    token.secret = Secret::copy_of(rest.first(join_secret_size));
    rest = rest.subspan(join_secret_size);
    take(token.authority, rest);
    return token;
}

Result<AuthorityPin> pin_of(ByteView public_key) {
    const auto digest = otp::sha256(public_key);
    if (!digest) return std::unexpected(digest.error());
    AuthorityPin pin{};
    std::copy_n(digest->begin(), pin.size(), pin.begin());
    return pin;
}

}  // namespace secondstep::fleet
