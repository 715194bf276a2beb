#include "account/proof_token.h"

#include <tuple>

#include "base/byte_codec.h"
#include "otp/kdf.h"

namespace secondstep {
namespace {

constexpr std::uint8_t format = 1;
constexpr std::size_t head_size = 2 + sizeof(KeyId) + 8 + std::tuple_size_v<AttemptId>;
constexpr std::size_t token_size = head_size + std::tuple_size_v<Digest>;

bool travels(Proof proof) {
    return proof >= Proof::code && proof <= Proof::first_factor;
}

// What it is bound to is not in the token, only in its MAC: a host program's memory tells nobody's places.
Result<Digest> mac_of(const Keyring::Key& key, ByteView head, const RecordName& record,
                      const SentFor& asked) {
    const Result<Secret> derived = key.derive("secondstep proof");
    if (!derived) return std::unexpected(derived.error());
    ByteWriter message;
    message.raw(head);
    message.sized(record.sealed_name());
    message.sized(asked.service);
    message.sized(asked.source);
    return otp::hmac_sha256(derived->bytes(), message.view());
}

bool is_of_now(UnixTime when, UnixTime now) {
    return when <= now + proof_skew && now <= when + proof_lifetime;
}

}  // namespace

std::string_view to_text(Proof proof) {
    switch (proof) {
        case Proof::none:
            return "none";
        case Proof::code:
            return "code";
        case Proof::recovery_code:
            return "recovery-code";
        case Proof::registration_code:
            return "registration-code";
        case Proof::temporary_code:
            return "temporary-code";
        case Proof::first_factor:
            return "open";
        case Proof::remembered:
            return "remembered";
        case Proof::exempt:
            return "exempt";
    }
    return "unknown";
}

Result<Token> make_proof_token(const Keyring& ring, const RecordName& record, const SentFor& asked,
                               const ShownBefore& shown, UnixTime now) {
    if (!travels(shown.proof)) return fail(Errc::invalid, "a token of nothing that was shown");
    ByteWriter out;
    out.u8(format);
    out.u8(static_cast<std::uint8_t>(shown.proof));
    out.raw(ring.newest().id);
    out.i64(now.time_since_epoch().count());
    out.raw(shown.write);
    const Result<Digest> mac = mac_of(ring.newest(), out.view(), record, asked);
    if (!mac) return std::unexpected(mac.error());
    out.raw(*mac);
    return Token::of(out.view()).value();
}

std::optional<ShownBefore> read_proof_token(const Keyring& ring, const RecordName& record,
                                            const SentFor& asked, const Token& token, UnixTime now) {
    if (token.bytes().size() != token_size) return std::nullopt;
    ByteReader in(token.bytes());
    const std::uint8_t written_as = in.u8();
    const auto proof = static_cast<Proof>(in.u8());
    const KeyId id = in.array<std::tuple_size_v<KeyId>>();
    const UnixTime when{UnixTime::duration{in.i64()}};
    const ShownBefore shown{proof, in.array<std::tuple_size_v<AttemptId>>()};
    const auto said = in.array<std::tuple_size_v<Digest>>();
    const Keyring::Key* const key = ring.find(id);
    if (!in.finished() || written_as != format || !travels(proof) || key == nullptr) return std::nullopt;
    const Result<Digest> mac = mac_of(*key, token.bytes().first(head_size), record, asked);
    if (!mac || !equal_in_constant_time(*mac, said) || !is_of_now(when, now)) return std::nullopt;
    return shown;
}

}  // namespace secondstep
