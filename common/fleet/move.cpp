#include "fleet/move.h"

#include <algorithm>
#include <array>

#include "account/state_slot.h"
#include "base/byte_codec.h"
#include "base/pasted_text.h"
#include "encoding/crockford.h"
#include "otp/kdf.h"

namespace secondstep::fleet {
namespace {

constexpr std::size_t group = 4;
constexpr std::size_t check_size = 2;
constexpr std::size_t content_size = std::tuple_size_v<PermissionId> + move_secret_size;
constexpr std::size_t token_size = content_size + check_size;
static_assert(token_size % 5 == 0, "whole symbols");

// The version is in it, and that it is no token of another kind.
Result<std::array<std::uint8_t, check_size>> check_of(ByteView content) {
    Secret text = Secret::copy_of("secondstep move token 1");
    text.append(content);
    const auto digest = otp::sha256(text.bytes());
    if (!digest) return std::unexpected(digest.error());
    return std::array<std::uint8_t, check_size>{(*digest)[0], (*digest)[1]};
}

std::unexpected<Error> no_token(std::string_view why) {
    return fail(Errc::invalid, "This is no token of a move: " + std::string(why) +
                                   ". Copy it whole, as the node has shown it.");
}

// Whatever carries an account seals it; its own sum only finds accidents.
const Secret& open_slot_key() {
    static const Secret key = Secret::copy_of("secondstep moving account, sealed around it");
    return key;
}

std::unexpected<Error> damaged() {
    return fail(Errc::damaged, "an account in it is damaged");
}

}  // namespace

Result<Secret> to_text(const MoveToken& token) {
    Secret bytes;
    bytes.reserve(token_size);
    bytes.append(token.move);
    bytes.append(token.secret.bytes());
    if (bytes.size() != content_size) return fail(Errc::invalid, "A token of another length.");
    const auto check = check_of(bytes.bytes());
    if (!check) return std::unexpected(check.error());
    bytes.append(*check);
    return otp::crockford_text(bytes.bytes(), group);
}

Result<MoveToken> parse_move_token(std::string_view typed) {
    const auto plain = without_layout(without_caption(typed));
    const auto symbols = plain ? otp::crockford_symbols(plain->text()) : std::nullopt;
    const auto bytes = symbols ? otp::crockford_bytes(symbols->text()) : std::nullopt;
    if (!bytes || bytes->size() != token_size)
        return no_token("it is not 32 letters and digits (without I, L, O and U)");
    const ByteView all = bytes->bytes();
    const auto check = check_of(all.first(content_size));
    if (!check) return std::unexpected(check.error());
    if (!equal_in_constant_time(*check, all.subspan(content_size)))
        return no_token("a character of it is another one");
    MoveToken token;
    std::ranges::copy(all.first(token.move.size()), token.move.begin());
    token.secret = Secret::copy_of(all.subspan(token.move.size(), move_secret_size));
    return token;
}

Result<Secret> encode(const MovingAccount& account) {
    const Secret credential = encode(account.credential);
    const auto slot = encode_slot(account.state, KeyId{}, open_slot_key());
    if (!slot) return std::unexpected(slot.error());
    Secret content;
    content.reserve(slot->size() + credential.size());
    content.append(*slot);
    content.append(credential.bytes());
    return content;
}

Result<MovingAccount> decode_moving_account(const Secret& content) {
    if (content.size() <= state_slot_size) return damaged();
    auto state = decode_slot(content.bytes().first(state_slot_size), open_slot_key());
    if (!state && state.error().code == Errc::damaged) return damaged();
    if (!state) return std::unexpected(state.error());
    auto credential = decode_credential(Secret::copy_of(content.bytes().subspan(state_slot_size)));
    if (!credential && credential.error().code == Errc::damaged) return damaged();
    if (!credential) return std::unexpected(credential.error());
    return MovingAccount{std::move(*credential), std::move(*state)};
}

}  // namespace secondstep::fleet
