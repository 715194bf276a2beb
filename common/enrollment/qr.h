#pragma once

#include <cstddef>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/secret.h"

namespace secondstep::dialogue {

// A QR code (ISO/IEC 18004), error correction level L. The only user of libqrencode. Pictures as files: the
// tool's qr_image.h.
class QrCode {
  public:
    // Errors: too_large (for any QR code), invalid.
    [[nodiscard]] static Result<QrCode> of(const Secret& text);

    [[nodiscard]] std::size_t width() const { return width_; }  // modules on a side, without the quiet zone
    [[nodiscard]] bool dark(std::size_t x, std::size_t y) const;

    // Modules; what the standard demands. Less is read too (tests prove it of drawn screens down to one).
    static constexpr std::size_t quiet_zone = 4;

    // Two modules per character cell, in UTF-8, with the quiet zone. With explicit_ansi black on white, whatever the
    // terminal's colours are; the other two draw light or dark modules as blocks of the text's colour.
    enum class Colours { explicit_ansi, light_on_dark, dark_on_light };
    [[nodiscard]] Secret half_blocks(Colours colours, std::size_t quiet = quiet_zone) const;

    // One module in two blanks whose background is set: ASCII, for terminals that show no half blocks.
    //   black_and_white  whatever the terminal's colours are
    //   reverse_video    light modules in the colour of the text: for light text on a dark background
    enum class Blanks { black_and_white, reverse_video };
    [[nodiscard]] Secret blanks(Blanks how, std::size_t quiet = quiet_zone) const;

  private:
    QrCode(std::size_t width, Secret modules) : width_(width), modules_(std::move(modules)) {}
    std::size_t width_;
    Secret modules_;  // width * width bytes, 1 is dark
};

}  // namespace secondstep::dialogue
