#pragma once

#include <memory>

#include "base/bytes.h"
#include "base/error.h"
#include "base/secret.h"
#include "fleet/certificate.h"

namespace secondstep::fleet {

// The key of a certificate that somebody else's authority has signed. Kinds: P-256, P-384, Ed25519, RSA of 2048 bits and more.
class PrivateKey {
  public:
    // PEM, in any of its forms, without a passphrase. Errors: invalid, in words that follow the name of the file; crypto.
    [[nodiscard]] static Result<PrivateKey> read(const Secret& pem);

    PrivateKey(PrivateKey&&) noexcept;
    PrivateKey& operator=(PrivateKey&&) noexcept;
    ~PrivateKey();

    [[nodiscard]] bool is_of(const Certificate& certificate) const;
    [[nodiscard]] Result<Secret> pem() const;  // PKCS #8
    // Errors: crypto.
    [[nodiscard]] Result<Bytes> signature_over(ByteView content) const;

  private:
    struct Parts;
    explicit PrivateKey(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

// `public_key`: DER, SubjectPublicKeyInfo. Errors: invalid, as above.
[[nodiscard]] Result<void> check_kind_of_key(ByteView public_key);
// Whether that key has signed this. False, too, for what is no signature or no key.
[[nodiscard]] bool is_signature(ByteView signature, ByteView content, ByteView public_key);

}  // namespace secondstep::fleet
