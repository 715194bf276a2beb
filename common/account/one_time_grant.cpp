#include "account/one_time_grant.h"

#include <string>

#include "otp/kdf.h"

namespace secondstep {
namespace {

std::string_view word(GrantKind kind) {
    return kind == GrantKind::registration ? "registration" : "temporary";
}

Result<Digest> digest_under(const Keyring::Key& key, const RecordName& record, GrantKind kind,
                            const otp::OneTimeCode& code) {
    const Result<Secret> derived =
        key.derive("secondstep " + std::string(word(kind)) + " " + record.sealed_name());
    if (!derived) return std::unexpected(derived.error());
    return otp::hmac_sha256(derived->bytes(), code.symbols.bytes());
}

}  // namespace

Result<OneTimeGrant> make_grant(const Keyring& ring, const RecordName& record, GrantKind kind,
                                const otp::OneTimeCode& code, UnixTime until) {
    const Result<Digest> digest = digest_under(ring.newest(), record, kind, code);
    if (!digest) return std::unexpected(digest.error());
    return OneTimeGrant{.given = true, .key = ring.newest().id, .digest = *digest, .until = until};
}

Result<Digest> grant_digest(const Keyring& ring, const RecordName& record, GrantKind kind,
                            const otp::OneTimeCode& code, const OneTimeGrant& grant) {
    const Keyring::Key* const key = grant.given ? ring.find(grant.key) : nullptr;
    return digest_under(key != nullptr ? *key : ring.newest(), record, kind, code);
}

bool is_waiting(const OneTimeGrant& grant, UnixTime now) {
    return grant.given && now <= grant.until;
}

}  // namespace secondstep
