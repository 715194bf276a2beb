#pragma once

#include <optional>
#include <string_view>

#include "app_exports/app_export.h"

namespace secondstep::tool {

// CSV of password managers, told by the names in its first line:
//   KeePassXC 2.7   "Group","Title","Username","Password","URL","Notes","TOTP",...  src/format/CsvExporter.cpp
//   Bitwarden       folder,favorite,type,name,...,login_totp                          see bitwarden.h
//   Proton Pass     type,name,url,...,username,password,note,totp,...                 packages/pass/lib/export/csv.ts
// nullopt: none of these. Errors: those of ExportEntries::take(); unsupported (a list of KeePassXC of before 2.6.4,
// which leaves the keys out).
[[nodiscard]] std::optional<Result<AppExport>> read_password_list(std::string_view text);

}  // namespace secondstep::tool
