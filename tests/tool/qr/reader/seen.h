#pragma once

#include "pictures/canvas.h"
#include "qr/reader/gray_picture.h"

namespace secondstep::testing {

// A canvas as the reader has it when it has decoded the file.
[[nodiscard]] inline qr_reader::GrayPicture seen(const Canvas& canvas) {
    return {.width = canvas.width(), .height = canvas.height(), .pixels = canvas.bytes()};
}

}  // namespace secondstep::testing
