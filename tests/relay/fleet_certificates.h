#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/secret.h"
#include "fleet/join_token.h"

namespace secondstep::testing {

// An authority as a fleet has it, and what it signs.
class FleetAuthority {
  public:
    enum class For { host, node, person };  // a person's says no more than a CN
    struct Life {
        std::chrono::seconds begins{-3600};  // from now
        std::chrono::seconds ends{86'400};
    };
    struct Issued {
        std::string certificate;  // PEM
        std::string key;          // PEM
    };

    explicit FleetAuthority(const std::string& name = "A fleet");

    [[nodiscard]] Issued issue(const std::string& name, For purpose, Life life) const;
    [[nodiscard]] Issued issue(const std::string& name, For purpose) const {
        return issue(name, purpose, {});
    }
    // For the key of a request (PKCS #10, PEM) whose signature is good.
    [[nodiscard]] std::string sign(const std::string& request, const std::string& name, Life life,
                                   For purpose = For::host) const;
    [[nodiscard]] const std::string& certificate() const { return certificate_; }
    [[nodiscard]] fleet::AuthorityPin pin() const;
    // A token of this authority, as it is typed.
    [[nodiscard]] std::string token() const;

  private:
    struct FreeKey {
        void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    };
    struct FreeCertificate {
        void operator()(X509* certificate) const { X509_free(certificate); }
    };
    using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
    using Certificate = std::unique_ptr<X509, FreeCertificate>;
    [[nodiscard]] std::string signed_for(EVP_PKEY* key, const std::string& name, For purpose,
                                         Life life) const;

    Key key_;
    Certificate own_;
    std::string certificate_;
};

// SHA-256 of the DER of a certificate in PEM.
[[nodiscard]] std::array<std::uint8_t, 32> fingerprint_of(const std::string& certificate);

}  // namespace secondstep::testing
