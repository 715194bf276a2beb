#pragma once

#include "base/bytes.h"
#include "qr/reader/answer.h"

namespace secondstep::qr_reader {

// What a file is that is neither PNG nor JPEG, told by its first bytes alone: none of the decoders of these forms
// is here, each would be one more to attack. One of the is_ refusals, or not_a_picture.
[[nodiscard]] Refusal refusal_of(ByteView bytes);

}  // namespace secondstep::qr_reader
