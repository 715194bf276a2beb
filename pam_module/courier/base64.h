#pragma once

#include <string_view>

#include "base/secret.h"

namespace secondstep::courier {

// RFC 4648 section 4, with padding.
[[nodiscard]] Secret base64(std::string_view bytes);

}  // namespace secondstep::courier
