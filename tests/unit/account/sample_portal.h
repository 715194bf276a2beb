#pragma once

#include <string>

#include "account/linked_portal.h"
#include "unit/account/sample_account.h"

namespace secondstep::testing {

// Timed, six digits, thirty seconds; the key of RFC 6238's test vectors.
inline LinkedPortal sample_portal(const std::string& name) {
    otp::OtpauthUri token{
        "Example Corp",       "alice@example.com", Secret::copy_of(std::string_view("12345678901234567890")),
        otp::Algorithm::sha1, otp::six_digits(),   otp::TotpMoving{otp::thirty_seconds()}};
    return {*PortalName::create(name), std::move(token), {}, {}, true, {}, from_unix(noon), std::uint64_t{3}, from_unix(noon)};
}

}  // namespace secondstep::testing
