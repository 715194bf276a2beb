#pragma once

#include <string>
#include <vector>

#include "base/secret.h"
#include "console/exit_status.h"

namespace secondstep::tool {

// The texts of all QR codes in these PNG or JPEG files of the caller's, opened with their rights and read by
// qr_pictures.h. Stops at the first file that gives none, after saying why: unavailable when it cannot be
// opened, or there is no reader; otherwise refused.
[[nodiscard]] OrExit<std::vector<Secret>> texts_in_pictures(const std::vector<std::string>& files);

}  // namespace secondstep::tool
