#include "app_exports/address_list.h"

#include <utility>

#include "app_exports/export_entries.h"
#include "files/address_lines.h"

namespace secondstep::tool {

namespace {

using Kind = AddressLines::Kind;

constexpr std::string_view may_go_on =
    "it may go on in the next line, which is no address: an address stands in one line";
constexpr std::string_view no_address = "it is no address that begins with otpauth://";

}  // namespace

std::optional<Result<AppExport>> read_address_list(std::string_view text) {
    ExportEntries entries("an app, as a list of addresses");
    AddressLines lines(text);
    bool begun = false;
    while (const auto line = lines.next()) {
        const bool is_address = line->kind == Kind::address || line->kind == Kind::cut_off;
        if (!std::exchange(begun, true) && !is_address) return std::nullopt;
        if (line->kind == Kind::address) {
            entries.add_text(line->text, {});
        } else {
            entries.refuse({}, line->kind == Kind::cut_off ? may_go_on : no_address);
        }
    }
    if (!begun) return std::nullopt;
    return std::move(entries).take();
}

}  // namespace secondstep::tool
