#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "account/account_name.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "delivery/address.h"
#include "otp/hotp.h"
#include "otp/recovery_codes.h"
#include "otp/totp.h"

namespace secondstep {

// 64 random bits: state is keyed by them, so that replacing an authenticator or a set revives nothing old.
using AuthenticatorId = std::array<std::uint8_t, 8>;
using RecoverySetId = std::array<std::uint8_t, 8>;

enum class Method : std::uint8_t { totp = 1, hotp = 2, mail = 3, sms = 4 };
[[nodiscard]] std::string_view to_text(Method method);
[[nodiscard]] std::optional<Method> method_from_text(std::string_view text);

// One device or app. Its moving factor is a time step (with `period`) or a counter,
// as the account's method says.
struct Authenticator {
    AuthenticatorId id{};
    std::string name;  // the owner's word for it, "phone"; UTF-8, at most 64 bytes, no control characters
    otp::Algorithm algorithm = otp::Algorithm::sha1;
    otp::Digits digits = otp::six_digits();
    otp::Period period = otp::thirty_seconds();  // TOTP only
    // The step or counter of the code that confirmed it: nothing at or below is ever accepted, whatever the
    // state file says. For HOTP with nothing used yet see `has_floor`.
    std::uint64_t floor = 0;
    bool has_floor = false;  // false: nothing was used yet (enrolled without confirmation), 0 is acceptable
    Secret key;
    UnixTime added_at{};  // `never`: with the account's enrollment, as in every text of version 1

    [[nodiscard]] Authenticator clone() const;
};

// Where the codes of `mail` and `sms` are sent. Its random id is in the state like an authenticator's.
struct Destination {
    AuthenticatorId id{};
    delivery::Address address;
};

struct RecoverySet {
    RecoverySetId id{};
    otp::RecoveryCodeForm form = otp::RecoveryCodeForm::short_code;
    Secret pepper;  // 32 bytes
    Digest salt{};
    std::vector<Digest> digests;  // as many as fewest_codes() says, to 16; see otp::recovery_digest

    [[nodiscard]] RecoverySet clone() const;
};

inline constexpr std::size_t max_authenticators = 4;
inline constexpr std::size_t max_credential_reserve = 1024;
inline constexpr std::size_t min_recovery_codes = 3;
inline constexpr std::size_t max_recovery_codes = 16;
// In a set of this form. Scratch codes come from elsewhere, where some were used already: 1; else 3.
[[nodiscard]] std::size_t fewest_codes(otp::RecoveryCodeForm form);

// What was enrolled. A login reads it and never writes it.
struct Credential {
    AccountName account;
    // The uid that had the name at enrollment; nothing for an account that is not in passwd (--portal-user).
    std::optional<uid_t> uid;
    UnixTime enrolled_at{};
    Method method = Method::totp;
    std::vector<Authenticator> authenticators;  // 1 to 4 (totp, hotp)
    std::optional<RecoverySet> recovery;
    std::optional<Destination> destination = std::nullopt;  // exactly with mail and sms, and of that kind
    // Room of later versions: whoever does not know what stands here writes it back as it was.
    Bytes reserve{};  // at most max_credential_reserve

    [[nodiscard]] Credential clone() const;
};
// Of its authenticators, or of its destination.
[[nodiscard]] std::vector<AuthenticatorId> ids_of(const Credential& credential);

// How codes of the method reach their owner. Returns nullopt for totp and hotp.
[[nodiscard]] std::optional<delivery::Channel> channel_of(Method method);
[[nodiscard]] Method method_of(delivery::Channel channel);

// The text inside the seal; described field by field in etc/FORMATS.md. Version 2 is written; version 1 is
// read as well. Errors of decode_credential: damaged (an unknown or repeated key, a bad length, a value out
// of range), unsupported (a newer format).
[[nodiscard]] Secret encode(const Credential& credential);
[[nodiscard]] Result<Credential> decode_credential(const Secret& text);

}  // namespace secondstep
