#pragma once

#include <chrono>

#include "console/json_text.h"
#include "fleet/fleet_session.h"

namespace secondstep::tool {

// The hosts of a fleet on the screen: name, class, since, until when the certificate holds. `now`: for those that end.
void show_hosts(const fleet::HostList& list, const fleet::FleetIdentity& identity, UnixTime now);
// With less than that left a host's certificate is about to end. The site's authority may give them for a day and renew them
// when two thirds are over, and for how long one is the registry does not say: the host's own doctor knows, and warns earlier.
[[nodiscard]] std::chrono::hours soon_to_end(const fleet::FleetIdentity& identity);
[[nodiscard]] Json to_json(const fleet::HostList& list, const fleet::FleetIdentity& identity);

// Whose certificates these are: "fleet" or "site"; and in a sentence.
[[nodiscard]] std::string_view whose_certificates(const fleet::FleetIdentity& identity);
[[nodiscard]] std::string whose_certificates_in_words(const fleet::FleetIdentity& identity);

// The permissions that are open.
void show_permissions(const std::vector<fleet::JoinPermission>& permissions, const fleet::HostList& hosts);
[[nodiscard]] Json to_json(const std::vector<fleet::JoinPermission>& permissions,
                           const fleet::HostList& hosts);

// Without those that are over.
[[nodiscard]] std::vector<fleet::JoinPermission> open_ones(std::vector<fleet::JoinPermission> permissions,
                                                           UnixTime now);

}  // namespace secondstep::tool
