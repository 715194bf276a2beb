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

    // All of these include the quiet zone of 4 modules that the standard demands, and draw dark modules on
    // light ones whatever the terminal's colours are:
    // - half blocks: two modules per character cell. With `ansi` the colours are set explicitly
    //   (black on white); without it light modules are drawn as blocks, for terminals with light
    //   text on dark background.
    // - ascii: two characters per module, "##" and "  ".
    enum class Colours { explicit_ansi, light_on_dark, dark_on_light };
    [[nodiscard]] Secret half_blocks(Colours colours) const;
    [[nodiscard]] Secret ascii() const;

  private:
    QrCode(std::size_t width, Secret modules) : width_(width), modules_(std::move(modules)) {}
    std::size_t width_;
    Secret modules_;  // width * width bytes, 1 is dark
};

}  // namespace secondstep::dialogue
