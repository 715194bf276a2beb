#pragma once

#include <optional>
#include <string_view>

#include "app_exports/app_export.h"

namespace secondstep::tool {

// Plain text as Ente Auth, Aegis, FreeOTP+, WinAuth and others export it: an address a line, otpauth://,
// otpauth-migration:// or steam://; empty lines and those that begin with '#' are passed over. nullopt: it does
// not begin like that. Errors: those of ExportEntries::take().
[[nodiscard]] std::optional<Result<AppExport>> read_address_list(std::string_view text);

}  // namespace secondstep::tool
