#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "fleet/certificate.h"
#include "fleet/join_token.h"
#include "fleet/private_key.h"
#include "relay/envelope.h"

namespace secondstep::fleet {

// Certificates are public: whoever registers one with a node proves that they have its key, by a signature that is good for
// this one occasion. Errors, of all: crypto.

// What only those two know who are at it.
[[nodiscard]] Result<Digest> occasion_of_joining(const JoinToken& token, std::string_view host);
// `present`: the certificate of the connection.
[[nodiscard]] Result<Digest> occasion_of_renewal(const relay::Fingerprint& present);

[[nodiscard]] Result<Bytes> proof_of_possession(const PrivateKey& key, const Certificate& certificate,
                                                const Digest& occasion);
[[nodiscard]] bool proves_possession(ByteView proof, const Certificate& certificate, const Digest& occasion);

}  // namespace secondstep::fleet
