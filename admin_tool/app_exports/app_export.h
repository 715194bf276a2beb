#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "otp/key_description.h"

// What authenticator apps and password managers write when they export their accounts. Which one it is shows
// in the content; each parser's header names where the format is documented.
namespace secondstep::tool {

struct AppExport {
    std::string_view app;                  // "Aegis"
    std::vector<otp::DescribedKey> keys;   // in the order of the file, each once; never none
    std::vector<std::string> passed_over;  // sentences, printable: entries that give no key, and why
    std::vector<std::size_t> numbers{};    // of the entries of `keys`, as `passed_over` counts them
};

inline constexpr std::size_t largest_app_export = std::size_t{32} << 20U;

// Whether a password has to be asked for before it is read.
[[nodiscard]] bool is_encrypted_app_export(std::string_view text);

// `password` may be null: then what is encrypted is an error. Errors, each a sentence that repeats nothing of
// the text and says what to do: not_allowed (no password, a wrong one), unsupported (of an app or in a form
// that is not read here: it is named), invalid (damaged, not an export at all, no key in it), too_large,
// crypto.
[[nodiscard]] Result<AppExport> read_app_export(std::string_view text, const Secret* password);

}  // namespace secondstep::tool
