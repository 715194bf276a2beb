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
    std::string_view pending;  // in a list that was wrapped it goes on in the next line
    const auto take_pending = [&] {
        if (!pending.empty()) entries.add_text(std::exchange(pending, {}), {});
    };
    bool begun = false;
    for (std::string_view line : split(without_mark(text), '\n')) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        line = trimmed(line);
        const bool is_nothing = line.empty() || line.starts_with('#');
        if (!begun && !is_nothing && !is_address(line)) return std::nullopt;
        begun = begun || !is_nothing;
        if (is_nothing || is_address(line)) {
            take_pending();
            pending = is_nothing ? std::string_view{} : line;
            continue;
        }
        if (!std::exchange(pending, {}).empty())
            entries.refuse(
                {}, "it may go on in the next line, which is no address: an address stands in one line");
        entries.refuse({}, "it is no address that begins with otpauth://");
    }
    take_pending();
    if (!begun) return std::nullopt;
    return std::move(entries).take();
}

}  // namespace secondstep::tool
