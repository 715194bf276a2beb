#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"

namespace secondstep::page {

// Who the page says it is.
struct Certificate {
    std::string chain;        // PEM, the page's own first
    Secret key;               // PEM
    std::string fingerprint;  // SHA-256 of the page's own, as browsers show it: "AB:CD:..."
    bool self_signed = false;
};

// A new P-256 key and a certificate for these names or addresses, the first of which is its common name;
// in memory only. Valid from an hour ago, for a telephone whose clock is late,
// to a day from `now`. Errors: crypto.
[[nodiscard]] Result<Certificate> make_certificate(const std::vector<std::string>& names, UnixTime now);

// The administrator's own, from PEM files, with the rights of this process. The key: a regular file of root
// or of this user that nobody else may write and not everybody may read. Links in the paths are followed
// (certbot's are links). Errors: not_allowed (this user may not read the key), not_found, untrusted, invalid
// (no certificate, no key, or one that does not belong to the other), io.
[[nodiscard]] Result<Certificate> load_certificate(const std::string& certificate_path,
                                                   const std::string& key_path);

}  // namespace secondstep::page
