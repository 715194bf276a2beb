#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "qr/reader/gray_picture.h"

namespace secondstep::qr_reader {

// What a search found. Plain strings: the program that holds them ends at once, and nobody can look into it.
struct Found {
    std::vector<std::string>
        texts;              // UTF-8; in reading order (lines from the top, each from the left); none twice
    bool not_text = false;  // there is a code that holds something else
    bool in_parts = false;  // there is one that holds a part of a text (structured append)
    bool crowded = false;   // of what looks like the corners of codes there is more than anybody can combine
};

// Searches for QR codes: as they are, smaller, and with light and dark exchanged; when nothing was found, or
// corners are left, as codes that are bent, mirrored or without a quiet zone; then enlarged, sharpened and
// tilted. Of more than sixteen codes in one picture some may be missed. No new attempt begins after `patience`,
// and none is begun that would take much longer.
[[nodiscard]] Found find_qr_codes(const GrayPicture& picture, std::chrono::milliseconds patience);

}  // namespace secondstep::qr_reader
