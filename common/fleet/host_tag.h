#pragma once

#include <string_view>

#include "base/error.h"
#include "fleet/host.h"

namespace secondstep::fleet {

// The first bytes of SHA-256 of the name. Errors: crypto.
[[nodiscard]] Result<HostTag> tag_of(std::string_view host);

}  // namespace secondstep::fleet
