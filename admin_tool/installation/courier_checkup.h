#pragma once

#include <string>

#include "installation/courier_findings.h"
#include "policy/config.h"

namespace secondstep::tool {

// What doctor looks at where messages have to be delivered; elsewhere both say nothing.

// Asks the courier's program what it makes of courier.conf and its credentials, which lie beside the
// configuration. With the caller's ids: they are for root and the courier's account to read.
[[nodiscard]] Diagnoses check_courier_program(const Config& config, const std::string& config_path);
// Is its socket there, is it the service's alone, does somebody listen? With the service account's ids.
void check_courier_socket(const Config& config, Diagnoses& findings);

}  // namespace secondstep::tool
