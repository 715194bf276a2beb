#include "app_exports/proton.h"

#include <algorithm>

#include "app_exports/entry_layout.h"
#include "base/text.h"

namespace secondstep::tool {

namespace {

using Kind = JsonValue::Kind;

constexpr std::string_view app = "Proton Authenticator";
constexpr std::string_view pass = "Proton Pass";
constexpr std::string_view steam_scheme = "steam://";

// Of 20 bytes in base64 nearly every text has a small letter, a 0, 1, 8 or 9: what has none was base32, which the
// app took over from elsewhere as it stood.
bool could_be_base32(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7'); });
}

void add_steam(ExportEntries& entries, std::string_view text, std::string_view name) {
    const std::string_view key = text.substr(steam_scheme.size());
    if (could_be_base32(key))
        return entries.refuse({"Steam", name},
                              "nobody can tell whether its key is base64 or base32: take the key from "
                              "where the app got it");
    entries.add({.key = otp::Base64Text{key}, .type = "steam", .issuer = "Steam", .account = name});
}

void add_login(ExportEntries& entries, JsonValue data) {
    const EntryNames names{at(data, "metadata.name").word(), at(data, "content.itemUsername").word()};
    const std::string_view text = at(data, "content.totpUri").text();
    if (!text.empty()) entries.add_text(text, names);
    for (const JsonValue field : data["extraFields"]) {
        const std::string_view more = at(field, "data.totpUri").text();
        if (field["type"].word() == "totp" && !more.empty()) entries.add_text(more, names);
    }
}

}  // namespace

bool is_proton_authenticator(JsonValue root) {
    const JsonValue entries = root["entries"];
    if (root["salt"].is(Kind::string) && root["content"].is(Kind::string)) return root["version"].is_said();
    return root["version"].is_said() && entries.is(Kind::array) &&
           (entries.is_empty() || (*entries.begin())["content"]["entry_type"].is_said());
}

Result<AppExport> read_proton_authenticator(JsonValue root, const Secret*) {
    if (root["version"].word() != "1") return newer_version(app);
    if (root["salt"].is_said())
        return fail(Errc::unsupported,
                    "it is an export of Proton Authenticator with a password, which is not read "
                    "here: export it once more without, and delete the file afterwards");
    ExportEntries entries(app);
    for (const JsonValue entry : root["entries"]) {
        const JsonValue content = entry["content"];
        const std::string_view text = content["uri"].text();
        if (begins_with(text, steam_scheme)) {
            add_steam(entries, text, content["name"].word());
        } else {
            entries.add_text(text, {{}, content["name"].word()});
        }
    }
    return std::move(entries).take();
}

bool is_proton_pass(JsonValue root) {
    return root["vaults"].is(Kind::object) && root["version"].is_said();
}

Result<AppExport> read_proton_pass(JsonValue root, const Secret*) {
    ExportEntries entries(pass);
    for (const JsonValue vault : root["vaults"]) {
        for (const JsonValue item : vault["items"])
            add_login(entries, item["data"]);
    }
    return std::move(entries).take();
}

}  // namespace secondstep::tool
