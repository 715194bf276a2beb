#pragma once

#include "base/bytes.h"
#include "qr/reader/answer.h"

namespace secondstep::qr_reader {

// The whole work of the program: a picture's bytes => the texts of its QR codes, or why there are none. Takes
// about ten seconds and half a GiB at most (Refusal::no_memory where there is less).
[[nodiscard]] Answer answer_to(ByteView picture);

}  // namespace secondstep::qr_reader
