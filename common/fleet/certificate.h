#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "relay/envelope.h"

namespace secondstep::fleet {

// A certificate as files and envelopes have it, and what the fleet asks of one.
struct Certificate {
    std::string pem;
    relay::Fingerprint fingerprint{};  // SHA-256 of its DER
    Bytes public_key;                  // DER, SubjectPublicKeyInfo
    std::string name;                  // CN, or without one the first that is for DNS
    UnixTime begin{};
    UnixTime end{};
};

// Errors: damaged (no certificate, or more than one), crypto.
[[nodiscard]] Result<Certificate> read_certificate(std::string_view pem);
// The first of a file, of which others follow that vouch for it. Errors: as above.
[[nodiscard]] Result<Certificate> read_first_certificate(std::string_view pem);
// Of its DER. Errors: as above.
[[nodiscard]] Result<Certificate> certificate_of(ByteView der);

}  // namespace secondstep::fleet
