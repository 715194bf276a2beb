#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace secondstep::page {

// The one file in what a browser sends for our form (RFC 7578, RFC 2046 section 5.1.1): exactly one part,
// named "picture", as it came. Strict, because nothing but browsers sends this and they all write it the same
// way: no text before the first boundary, at most 2 KiB and 8 lines of headers, no transfer encoding, no
// multipart inside. Names of files are not looked at. The view is into `body`. Errors: invalid, not_found
// (the form was sent without a file).
[[nodiscard]] Result<ByteView> picture_in(std::string_view content_type, ByteView body);

inline constexpr std::string_view picture_field = "picture";
// What a form adds to its file at most: two boundaries and the headers of a part.
inline constexpr std::size_t longest_frame = 4096;

}  // namespace secondstep::page
