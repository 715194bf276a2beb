#include "app_exports/app_export.h"

#include <algorithm>
#include <array>

#include "app_exports/address_list.h"
#include "app_exports/aegis.h"
#include "app_exports/bitwarden.h"
#include "app_exports/foreign_export.h"
#include "app_exports/free_otp_plus.h"
#include "app_exports/list_apps.h"
#include "app_exports/password_list.h"
#include "app_exports/proton.h"
#include "app_exports/two_fas.h"

namespace secondstep::tool {

namespace {

constexpr std::array<JsonFormat, 10> formats{
    aegis,       two_fas, free_otp_plus, bitwarden, proton_authenticator,
    proton_pass, and_otp, raivo,         stratum,   last_pass};

const JsonFormat* format_of(JsonValue root) {
    const auto found =
        std::ranges::find_if(formats, [&](const JsonFormat& format) { return format.is(root); });
    return found == formats.end() ? nullptr : &*found;
}

bool looks_like_json(std::string_view text) {
    const auto first = text.find_first_not_of("\xef\xbb\xbf \t\r\n");
    return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

Result<AppExport> read_json(std::string_view text, const Secret* password) {
    const auto document = JsonDocument::parse(text);
    if (!document)
        return fail(document.error().code, "it begins like JSON and is none: " + document.error().detail);
    const JsonFormat* const format = format_of(document->root());
    if (format == nullptr) return fail(Errc::invalid, why_no_export(document->root()));
    return format->read(document->root(), password);
}

}  // namespace

bool is_encrypted_app_export(std::string_view text) {
    if (!looks_like_json(text)) return false;
    const auto document = JsonDocument::parse(text);
    const JsonFormat* const format = document ? format_of(document->root()) : nullptr;
    return format != nullptr && format->is_encrypted(document->root());
}

Result<AppExport> read_app_export(std::string_view text, const Secret* password) {
    if (text.size() > largest_app_export) return fail(Errc::too_large, "it has more than 32 MiB");
    if (looks_like_json(text)) return read_json(text, password);
    if (auto addresses = read_address_list(text)) return std::move(*addresses);
    if (auto list = read_password_list(text)) return std::move(*list);
    return fail(Errc::invalid, why_no_export(text));
}

}  // namespace secondstep::tool
