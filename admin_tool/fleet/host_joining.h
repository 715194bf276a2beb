#pragma once

#include <optional>
#include <string>

#include "base/secret.h"
#include "console/exit_status.h"
#include "fleet/site_certificate.h"
#include "policy/config.h"

namespace secondstep::tool {

// `setup --join`: this machine becomes a host of a fleet.
struct HostJoining {
    std::string nodes;  // as fleet_nodes has it
    std::string host;   // what it is called in the fleet
    bool with_console_rule = true;
    bool again = false;  // it was dropped, or its certificate has ended: another one; its configuration stays
    bool json = false;
    std::optional<SiteCertificate> site{};
};

// What can be told before anything is made. Stops with usage or refused.
[[nodiscard]] OrExit<void> check_joining(const Config& config, const std::string& config_path,
                                         const HostJoining& joining);
// Whether it has joined, as its configuration says.
[[nodiscard]] bool has_joined(const Config& config);

// The token, from a file ("-": standard input) or from whoever is asked. It never stands on a command line. Stops with usage
// when it is none, or with refused when it is of another authority than `joining` brings.
[[nodiscard]] OrExit<Secret> token_from(const std::optional<std::string>& file, const HostJoining& joining);

// Of a host that has joined, with a certificate of the site's own authority: its relay tells a node of it, where it is another one.
[[nodiscard]] Exit offer_next(const Config& config, const HostJoining& joining);

// Has secondstep-relay --join ask for a certificate, and writes the configuration.
[[nodiscard]] Exit join_fleet(const Config& config, const std::string& config_path,
                              const HostJoining& joining, const Secret& token);

}  // namespace secondstep::tool
