#pragma once

#include <expected>

#include "base/error.h"
#include "qr/qr_pictures.h"
#include "qr/reader/answer.h"

// What people are told about a picture that gives no code: what it is, and what to do now.
namespace secondstep::tool {

inline constexpr char other_ways_than_a_picture[] =
    "Or use the text key (setup key) that the portal shows beside the picture.";

[[nodiscard]] std::unexpected<Error> refused(qr_reader::Refusal why, const Picture& picture);
[[nodiscard]] std::unexpected<Error> takes_too_long(const Picture& picture);

}  // namespace secondstep::tool
