#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/secret.h"

// What secondstep-qr-reader writes to its standard output, and secondstep reads there:
//
//   4 bytes  "SQR1"
//   u8       0, or the number of a Refusal; with a refusal nothing follows
//   u8       how many codes, 1 to 64
//   each     u16 length (big-endian), then that many bytes of UTF-8
//
// The program that looks at a stranger's picture is not trusted: decode() accepts this form and nothing else.
namespace secondstep::qr_reader {

enum class Refusal : std::uint8_t {
    not_a_picture = 1,  // neither PNG nor JPEG, nor any of those at the end
    too_large,          // more bytes than allowed
    too_many_pixels,    // by its header; nothing was decoded
    damaged,            // cut short, or not what its header says
    no_code,
    not_text,        // a QR code of bytes that are no text
    in_parts,        // one of several QR codes that hold one text together (ISO/IEC 18004, structured append)
    too_many_codes,  // over most_codes, or what looks like the corners of so many
    no_memory,
    not_confined,  // the system did not let the program lock itself up, so it looked at nothing
    // By the first bytes, which is all that was looked at: a picture, but in a form that is not read.
    is_webp,
    is_heic,
    is_avif,
    is_jpeg_xl,
    is_gif,
    is_bmp,
    is_tiff,
    is_svg,
    is_pdf,
    is_text,
};
inline constexpr Refusal last_refusal = Refusal::is_text;

inline constexpr std::size_t most_codes = 64;
// A QR code has at most 7089 digits or 2953 bytes, which take no more than twice the room in UTF-8.
inline constexpr std::size_t longest_content = 8192;
inline constexpr std::size_t longest_answer = 4 + 1 + 1 + most_codes * (2 + longest_content);

// In reading order, and none twice; never empty.
using Contents = std::vector<Secret>;
using Answer = std::expected<Contents, Refusal>;

[[nodiscard]] Bytes encode(const Answer& answer);
// Returns nullopt if it is not an answer, or not all of one.
[[nodiscard]] std::optional<Answer> decode(ByteView bytes);

}  // namespace secondstep::qr_reader
