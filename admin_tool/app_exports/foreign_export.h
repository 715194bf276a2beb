#pragma once

#include <string>
#include <string_view>

#include "app_exports/json_document.h"

// What is no export that is read here, by name, and what to do instead. Sentences without a word of the text.
namespace secondstep::tool {

// Of a file that is neither JSON nor a list that is known.
[[nodiscard]] std::string why_no_export(std::string_view text);
// Of JSON that is none of the known exports.
[[nodiscard]] std::string why_no_export(JsonValue root);

}  // namespace secondstep::tool
