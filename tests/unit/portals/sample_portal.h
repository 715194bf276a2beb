#pragma once

#include <cstdint>
#include <string>

#include "portals/linked_portal.h"
#include "unit/account/sample_account.h"

namespace secondstep::testing {

// Timed, six digits, thirty seconds; the key of RFC 6238's test vectors.
inline LinkedPortal sample_portal(const std::string& name) {
    otp::KeyDescription token{
        "Example Corp",       "alice@example.com", Secret::copy_of(std::string_view("12345678901234567890")),
        otp::Algorithm::sha1, otp::six_digits(),   otp::TotpMoving{otp::thirty_seconds()}};
    return {*PortalName::create(name), std::move(token), {}, {}, true, {}, from_unix(noon),
            std::uint64_t{3},          from_unix(noon)};
}

// As much of everything as is kept.
inline LinkedPortal largest_portal(const std::string& name) {
    LinkedPortal portal = sample_portal(name);
    portal.token.issuer = std::string(255, 'i');
    portal.token.account = std::string(255, 'a');
    portal.token.key = Secret(otp::longest_key);
    portal.note = std::string(longest_portal_note, 'n');
    portal.url = std::string(longest_portal_note, 'u');
    for (std::size_t r = 0; r < max_portal_readers; ++r)
        portal.readers.push_back(
            {*AccountName::create(std::string(78, 'r') + std::to_string(10 + r)), uid_t{4000000000}});
    return portal;
}

}  // namespace secondstep::testing
