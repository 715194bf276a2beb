#pragma once

#include <cstdint>
#include <vector>

#include "pictures/canvas.h"

// Canvases as files of every form that occurs.
namespace secondstep::testing {

using FileBytes = std::vector<std::uint8_t>;

enum class PngForm { gray, gray_16, rgb, rgb_16, rgba, palette, palette_transparent, one_bit };

// rgba, palette_transparent: `transparent` is the light that nothing is drawn with; it shines through.
struct PngOptions {
    PngForm form = PngForm::gray;
    bool interlaced = false;
    std::uint8_t transparent = 255;
};
[[nodiscard]] FileBytes png_file(const Canvas& canvas, const PngOptions& options = {});

enum class JpegForm { gray, colour, cmyk_adobe, cmyk };
struct JpegOptions {
    JpegForm form = JpegForm::colour;
    int quality = 90;
    bool progressive = false;  // four scans; colour only
    int orientation = 0;       // with an EXIF segment that says so; 0: without
};
[[nodiscard]] FileBytes jpeg_file(const Canvas& canvas, const JpegOptions& options = {});

}  // namespace secondstep::testing
