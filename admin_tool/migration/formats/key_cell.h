#pragma once

#include <optional>
#include <string_view>

#include "base/error.h"
#include "otp/key_fields.h"
#include "otp/key_text.h"

namespace secondstep::tool {

// A key where a list has a place for one. It is read as otp::parse_key_text reads what a person pastes, so that
// nothing which stands around it becomes key; `spelling`: what the list says of how its keys are written.
// Errors: invalid, a sentence that repeats nothing of the text.
[[nodiscard]] Result<otp::KeyText> read_key_cell(std::string_view text,
                                                 std::optional<otp::KeySpelling> spelling = std::nullopt);

// The key with the words of its record (`words.key` does not count), and what is to be said of both: that it has
// two readings is in doubt. Errors: invalid, as otp::describe().
[[nodiscard]] Result<otp::DescribedKey> described_with(const otp::KeyText& key, otp::KeyFields words);

}  // namespace secondstep::tool
