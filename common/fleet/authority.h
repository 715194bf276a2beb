#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/randomness.h"
#include "base/secret.h"
#include "fleet/certificate.h"
#include "fleet/join_token.h"

namespace secondstep::fleet {

// Who says whose a certificate is, for one fleet: a key on P-256 that nobody else has, made by `fleet create`. Its key is
// in the sealed record of the fleet and nowhere else. It revokes nothing: whether a certificate counts is what the
// registry says.
class Authority {
  public:
    static constexpr std::chrono::hours lifetime_of_hosts = std::chrono::days{365};
    static constexpr std::chrono::minutes backdated{5};  // for hosts whose clock is behind

    // A new one, whose name ends in `fleet`. Errors: crypto.
    [[nodiscard]] static Result<Authority> make(std::string_view fleet, UnixTime now, Randomness& randomness);
    // As certificate() and key() gave it. Errors: damaged (also when the two do not belong together), crypto.
    [[nodiscard]] static Result<Authority> of(ByteView certificate, const Secret& key);

    Authority(Authority&&) noexcept;
    Authority& operator=(Authority&&) noexcept;
    ~Authority();

    [[nodiscard]] const Bytes& certificate() const { return der_; }  // DER
    [[nodiscard]] const Certificate& described() const { return described_; }
    [[nodiscard]] Result<Secret> key() const;  // DER, PKCS #8
    [[nodiscard]] Result<AuthorityPin> pin() const { return pin_of(described_.public_key); }

    // What a certificate may be used for: hosts call, nodes are called.
    enum class Role { host, node };
    struct Subject {
        std::string name;  // is_name_of_host()
        Role role = Role::host;
    };
    // A certificate for the public key of a PKCS #10 request, which has to be signed with its private one. Nothing else of
    // the request is looked at. Errors: invalid (no request; not signed; a key of another kind than P-256), crypto.
    [[nodiscard]] Result<Certificate> certify(std::string_view request, const Subject& subject, UnixTime now,
                                              Randomness& randomness) const;
    // The same for a key that is made here. Errors: crypto.
    struct Made {
        Secret key;  // PEM, PKCS #8
        Certificate certificate;
    };
    [[nodiscard]] Result<Made> certify_new_key(const Subject& subject, UnixTime now,
                                               Randomness& randomness) const;

  private:
    struct Parts;
    Authority(std::unique_ptr<Parts> parts, Bytes der, Certificate described);
    std::unique_ptr<Parts> parts_;
    Bytes der_;
    Certificate described_;
};

}  // namespace secondstep::fleet
