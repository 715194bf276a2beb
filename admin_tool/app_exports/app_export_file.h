#pragma once

#include <optional>
#include <string>

#include "app_exports/app_export.h"
#include "console/exit_status.h"

namespace secondstep::tool {

// Reads the export in a file ("-": standard input), opened with the rights of whoever called sudo (CallersRights),
// since names of its entries are shown. Asks for its password where it has one; that is the first line of
// `password_file`, if there is one. Stops after saying why not: unavailable (it cannot be opened), otherwise
// refused, with what was found instead.
[[nodiscard]] OrExit<AppExport> open_app_export(const std::string& path,
                                                const std::optional<std::string>& password_file);

}  // namespace secondstep::tool
