#include "app_exports/address_list.h"

#include <utility>

#include "app_exports/export_entries.h"
#include "base/text.h"
#include "otp/migration.h"
#include "otp/otpauth_uri.h"

namespace secondstep::tool {

namespace {

bool is_address(std::string_view line) {
    return otp::is_otpauth_uri(line) || otp::is_migration_uri(line) || begins_with(line, "steam://");
}

std::string_view without_mark(std::string_view text) {
    constexpr std::string_view mark = "\xef\xbb\xbf";
    return text.starts_with(mark) ? text.substr(mark.size()) : text;
}

}  // namespace

std::optional<Result<AppExport>> read_address_list(std::string_view text) {
    ExportEntries entries("an app, as a list of addresses");
    bool begun = false;
    for (std::string_view line : split(without_mark(text), '\n')) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        line = trimmed(line);
        if (line.empty() || line.starts_with('#')) continue;
        if (!begun && !is_address(line)) return std::nullopt;
        begun = true;
        if (is_address(line)) {
            entries.add_text(line, {});
        } else {
            entries.refuse({}, "it is no address that begins with otpauth://");
        }
    }
    if (!begun) return std::nullopt;
    return std::move(entries).take();
}

}  // namespace secondstep::tool
