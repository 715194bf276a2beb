#pragma once

#include <optional>
#include <string>

#include "console/exit_status.h"
#include "fleet/records.h"
#include "fleet/site_certificate.h"
#include "policy/config.h"

namespace secondstep::tool {

// `fleet create`: makes of a machine the node of a new fleet, and what is missing of one; never replaces what is good. What a
// kill leaves half done the same call finishes. With a certificate of the site's own authority the fleet takes those of that
// authority, and done again with another one it shows that.
struct FleetCreation {
    fleet::Uids uids = fleet::Uids::same;
    bool uids_given = false;
    std::string node;   // what this machine is called in the fleet
    std::string place;  // where hosts find it: "192.0.2.11:7464"
    FleetConfig::Listen listen;
    bool json = false;
    std::optional<SiteCertificate> site{};
};
[[nodiscard]] Exit create_fleet(const Config& config, const std::string& config_path,
                                const FleetCreation& creation);

}  // namespace secondstep::tool
