#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace secondstep::tool {

enum class TextEncoding : std::uint8_t { utf8, utf16_little_endian, utf16_big_endian };

// Which of them a text from elsewhere is in: UTF-16 is known by its mark, or by a zero byte beside each of
// its first characters, which are ASCII in every list of keys. Everything else is taken for UTF-8.
[[nodiscard]] TextEncoding encoding_of(std::string_view text);

// The text in UTF-8, without a mark. Errors: invalid (a cut character, half of a surrogate pair).
[[nodiscard]] Result<Secret> in_utf8(std::string_view text, TextEncoding encoding);

}  // namespace secondstep::tool
