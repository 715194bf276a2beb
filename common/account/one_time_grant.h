#pragma once

#include "account/account_name.h"
#include "account/seal.h"
#include "account/state.h"
#include "base/clock.h"
#include "base/error.h"
#include "otp/one_time_code.h"

// The codes that let somebody in, or enroll, once; made by an administrator. A state keeps of each its digest
// only, under a key of the ring: 50 bits can be searched by whoever has a plain hash (NIST SP 800-63B-4
// section 3.1.2 asks for a keyed or slow one), not by whoever lacks host.key.
namespace secondstep {

enum class GrantKind {
    registration,  // permits one enrollment; State::registration
    temporary,     // one login; State::temporary
};

// What is stored of `code`. Made with the newest key. Errors: crypto.
[[nodiscard]] Result<OneTimeGrant> make_grant(const Keyring& ring, const RecordName& record, GrantKind kind,
                                              const otp::OneTimeCode& code, UnixTime until);

// What a typed code is compared by with `grant`: the digest under that grant's key, or under the newest one
// when there is no grant or its key is gone, so that the work is the same. Errors: crypto.
[[nodiscard]] Result<Digest> grant_digest(const Keyring& ring, const RecordName& record, GrantKind kind,
                                          const otp::OneTimeCode& code, const OneTimeGrant& grant);

// It was given out, and may still be used.
[[nodiscard]] bool is_waiting(const OneTimeGrant& grant, UnixTime now);

}  // namespace secondstep
