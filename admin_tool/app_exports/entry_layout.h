#pragma once

#include <string_view>

#include "app_exports/export_entries.h"
#include "app_exports/json_document.h"
#include "otp/key_fields.h"

namespace secondstep::tool {

// Where an app writes what: paths of names from the object of an entry on ("otp.issuer"). Empty: nowhere.
struct EntryLayout {
    std::string_view key;  // base32
    std::string_view issuer;
    std::string_view account;
    std::string_view type;
    std::string_view algorithm;
    std::string_view digits;
    std::string_view period;
    std::string_view counter;
};

[[nodiscard]] JsonValue at(JsonValue entry, std::string_view path);
// Views of the document.
[[nodiscard]] otp::KeyFields fields_of(JsonValue entry, const EntryLayout& layout);

// The entries of a list. Errors: invalid (it is none), those of ExportEntries::take().
[[nodiscard]] Result<AppExport> read_list(std::string_view app, JsonValue list, const EntryLayout& layout);
[[nodiscard]] std::unexpected<Error> no_list(std::string_view app);

// "it has version 5 of the format of Aegis, and ..."
[[nodiscard]] std::unexpected<Error> newer_version(std::string_view app);

}  // namespace secondstep::tool
