#include "app_exports/bitwarden.h"

#include "app_exports/entry_layout.h"

namespace secondstep::tool {

namespace {

constexpr std::string_view app = "Bitwarden";

}  // namespace

bool is_bitwarden(JsonValue root) {
    return root["encrypted"].is(JsonValue::Kind::boolean) &&
           (root["items"].is(JsonValue::Kind::array) || root["encKeyValidation_DO_NOT_EDIT"].is_said());
}

Result<AppExport> read_bitwarden(JsonValue root, const Secret*) {
    if (root["encrypted"].word() != "false")
        return fail(Errc::unsupported,
                    "it is an encrypted export of Bitwarden: export it once more as \".json\", not "
                    "\".json (Encrypted)\", and delete the file afterwards");
    ExportEntries entries(app);
    for (const JsonValue item : root["items"]) {
        const JsonValue text = at(item, "login.totp");
        if (!text.text().empty())
            entries.add_text(text.text(), {item["name"].word(), at(item, "login.username").word()});
    }
    return std::move(entries).take();
}

}  // namespace secondstep::tool
