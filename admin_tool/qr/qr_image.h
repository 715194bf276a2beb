#pragma once

#include "base/error.h"
#include "base/secret.h"
#include "enrollment/qr.h"

namespace secondstep::tool {

// Pictures of a QR code, black on white, quiet zone of 4 modules included.
[[nodiscard]] Result<Secret> png_of(const dialogue::QrCode& qr);  // 8 pixels a module
[[nodiscard]] Secret svg_of(const dialogue::QrCode& qr);          // 1 unit a module, scales

}  // namespace secondstep::tool
