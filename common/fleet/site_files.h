#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"

// What fleet_directory says where the certificates are those of the site's own authority (etc/FORMATS.md).
namespace secondstep::fleet {

// Of a host: a certificate with its key that no node has been told of.
inline constexpr char offered_file[] = "host.next";

struct OfferedParts {
    std::string chain;  // PEM: it, and those between it and the authority
    Secret key;         // PEM, PKCS #8
};
[[nodiscard]] Secret text_of(const OfferedParts& parts);
// Nothing: it is not what text_of() has made.
[[nodiscard]] std::optional<OfferedParts> offered_in(const Secret& text);

// authority.pem says whose the authority is in front of its certificate, where PEM has room for words (RFC 7468, section 5.2):
// it is replaced together with what it is true of.
[[nodiscard]] std::string marked_as_of_site(std::string_view pem);
[[nodiscard]] bool is_marked_as_of_site(std::string_view authority);

}  // namespace secondstep::fleet
