#pragma once

#include <cstddef>
#include <string_view>

namespace secondstep {

// Columns a terminal uses for `text` (UTF-8; wide East Asian characters count 2, combining ones 0),
// whatever the locale is. Meant for text that printable() has cleaned.
[[nodiscard]] std::size_t display_width(std::string_view text);

}  // namespace secondstep
