#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "fleet/authority.h"
#include "fleet/certificate.h"
#include "fleet/join_token.h"

namespace secondstep::fleet {

// The authority that a site has anyway (Vault, step-ca, FreeIPA, AD CS), where a fleet takes its certificates instead of
// making them. It signs for much else: that it has signed a certificate lets nobody in. Who is a host is what the registry
// says, and a token lets a host get there. What is wrong with something is said in words that follow its name ("it has
// ended ..."), and quotes nothing of it.
class SiteAuthority {
  public:
    // Its own certificate, which is self-signed, alone in a file (PEM). Errors: invalid, crypto.
    [[nodiscard]] static Result<SiteAuthority> read(std::string_view pem);
    // As certificate() gave it. Errors: damaged, crypto.
    [[nodiscard]] static Result<SiteAuthority> of(ByteView der);

    SiteAuthority(SiteAuthority&&) noexcept;
    SiteAuthority& operator=(SiteAuthority&&) noexcept;
    ~SiteAuthority();

    [[nodiscard]] const Bytes& certificate() const { return der_; }  // DER
    [[nodiscard]] const Certificate& described() const { return described_; }
    [[nodiscard]] Result<AuthorityPin> pin() const { return pin_of(described_.public_key); }

    // The certificate of a machine.
    struct Chain {
        Certificate own;
        std::string
            pem;  // it, and those between it and the authority, without anything else that a file may hold
    };
    // Certificates in PEM, the machine's own first: whether that is signed by this authority, good now, and for `subject`, also
    // of a kind that TLS 1.3 takes. Errors: invalid, crypto.
    [[nodiscard]] Result<Chain> check(std::string_view certificates, const Authority::Subject& subject,
                                      UnixTime now) const;

  private:
    struct Parts;
    SiteAuthority(std::unique_ptr<Parts> parts, Bytes der, Certificate described);
    std::unique_ptr<Parts> parts_;
    Bytes der_;
    Certificate described_;
};

// Whether hosts take whoever shows this certificate for the node of this name: by subjectAltName (DNS, no wildcard), as they
// check it. Errors: invalid, crypto.
[[nodiscard]] Result<bool> is_good_for_node(const Certificate& certificate, const std::string& node);
// Whether the first of certificates in PEM has the name of `subject`, whoever has signed it. Errors: invalid, as above.
[[nodiscard]] Result<void> check_name(std::string_view certificates, const Authority::Subject& subject);
// When the first of several certificates in PEM to end does. Errors: invalid, damaged, crypto.
[[nodiscard]] Result<UnixTime> earliest_end(std::string_view certificates);

}  // namespace secondstep::fleet
