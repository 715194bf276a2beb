#pragma once

#include "console/json_text.h"
#include "fleet/fleet_session.h"

namespace secondstep::tool {

// The hosts of a fleet on the screen: name, class, since, until when the certificate holds. `now`: for those that end.
void show_hosts(const fleet::HostList& list, UnixTime now);
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
