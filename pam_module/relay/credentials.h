#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "fleet/join_token.h"
#include "relay/envelope.h"

namespace secondstep::relay {

// Who this machine is in the fleet: the files of fleet_directory.
struct Credentials {
    std::string certificate;  // PEM
    Secret key;               // PEM
    std::string authority;    // PEM: whom the fleet believes
    std::string name;         // common name of the certificate
    bool is_of_site = false;  // the site's own authority signs: nobody of the fleet renews it
    UnixTime begins{};
    UnixTime ends{};
    UnixTime vouched{};  // until then it is good, by its own end and of those that vouch for it

    // From then on a node's is renewed: two thirds of its life. A host's: fleet/renewal_time.h.
    [[nodiscard]] UnixTime due() const { return begins + (ends - begins) * 2 / 3; }
    // From then on it is said that nobody has brought the next one of the site's own authority.
    [[nodiscard]] UnixTime late() const { return begins + (vouched - begins) * 5 / 6; }
};

// A certificate of the site's own authority that a host is to show from now on.
struct Offered {
    std::string chain;  // PEM: it, and those between it and the authority
    Secret key;         // PEM
};

// The directory with the files of a host ("host") or a node ("node"): PART.pem, PART.key, authority.pem; host.next, while one
// is offered that no node has been told of (fleet/site_files.h).
class FleetDirectory {
  public:
    FleetDirectory(std::string path, std::string part) : path_(std::move(path)), part_(std::move(part)) {}

    // The key: of this process's user, nobody else may read it. All: not writable for others. Errors: not_found (not
    // joined), not_allowed, untrusted, invalid (no PEM, a key of another certificate), io; each says what to do.
    [[nodiscard]] Result<Credentials> load() const;

    // Key and certificate take the place of those that are there, together: a crash leaves the old or the new ones.
    // `authority` only if it is not empty. Errors: io, not_allowed.
    [[nodiscard]] Result<void> replace(const Secret& key, const std::string& certificate,
                                       const std::string& authority) const;

    // Errors: as load(); not_found: nothing is offered.
    [[nodiscard]] Result<Offered> offered() const;
    void forget_offered() const;

    // Tells whether another has written since: of the files of the certificate and the authority.
    [[nodiscard]] std::string mark() const;
    [[nodiscard]] std::string mark_of_offered() const;
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    [[nodiscard]] std::string file(const char* suffix) const { return part_ + suffix; }
    [[nodiscard]] Result<Credentials> load_from(int directory, const std::string& certificate_name) const;
    [[nodiscard]] std::string mark_of(const std::string& name) const;
    std::string path_;
    std::string part_;
};

// A new key (P-256) and a request for its certificate, in memory only. Errors: crypto.
struct NewKey {
    Secret key;           // PEM
    std::string request;  // PKCS #10, PEM
};
[[nodiscard]] Result<NewKey> make_key(const std::string& host);

// Whether a certificate that a node sent is that of `key`, ends in `authority`, and is for clients.
// Errors: invalid, with the reason.
[[nodiscard]] Result<void> check_certificate(const std::string& certificate, const Secret& key,
                                             const std::string& authority);
// The same of a node's: for servers, and of that name. Errors: invalid, with the reason.
[[nodiscard]] Result<void> check_certificate_of_node(const std::string& certificate, const Secret& key,
                                                     const std::string& authority, const std::string& node);
// What a node is told of an offered certificate, when `occasion` has come (fleet/possession.h). Errors: invalid, crypto.
[[nodiscard]] Result<ShownCertificate> shown(const Offered& offered, const Digest& occasion);
// Whether the authority (PEM) is the one of the token. Errors: invalid.
[[nodiscard]] Result<void> check_authority(const std::string& authority, const fleet::AuthorityPin& pin);

}  // namespace secondstep::relay
