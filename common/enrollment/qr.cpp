#include "enrollment/qr.h"

#include <qrencode.h>
#include <string.h>

#include <cerrno>
#include <memory>

namespace secondstep::dialogue {
namespace {

struct FreeQr {
    void operator()(QRcode* code) const {
        const auto side = static_cast<std::size_t>(code->width);
        ::explicit_bzero(code->data, side * side);
        QRcode_free(code);
    }
};

// One character cell: the upper and the lower of two modules. `ink` is drawn in the foreground colour.
std::string_view cell(bool upper_ink, bool lower_ink) {
    if (upper_ink && lower_ink) return "\u2588";
    if (upper_ink) return "\u2580";
    if (lower_ink) return "\u2584";
    return " ";
}

// Entries 16 and 231 of the 256 colours are black and white whatever theme a terminal has; 30 and 47 are not.
constexpr std::string_view black_on_white = "\x1b[38;5;16;48;5;231m";
constexpr std::string_view colours_off = "\x1b[0m";
// First of the eight colours every terminal has that has any.
constexpr std::string_view white_background = "\x1b[47m\x1b[48;5;231m";
constexpr std::string_view black_background = "\x1b[40m\x1b[48;5;16m";
constexpr std::string_view reversed = "\x1b[7m";  // ECMA-48 8.3.117; a VT100 has it

}  // namespace

Result<QrCode> QrCode::of(const Secret& text) {
    if (text.empty() || text.text().find('\0') != std::string_view::npos) {
        return fail(Errc::invalid, "the text of a QR code is empty or has a NUL");
    }
    Secret terminated = text.clone();
    terminated.push_back('\0');
    // Version 0 asks for the smallest that holds the text; it is split into segments of the densest mode.
    const std::unique_ptr<QRcode, FreeQr> code(
        // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): the NUL was put there
        QRcode_encodeString(terminated.text().data(), 0, QR_ECLEVEL_L, QR_MODE_8, 1));
    if (code == nullptr) {
        return errno == ERANGE ? fail(Errc::too_large, "the text does not fit into a QR code")
                               : fail_errno("QR code", errno);
    }
    const auto side = static_cast<std::size_t>(code->width);
    Secret modules(side * side);
    for (std::size_t i = 0; i < modules.size(); ++i)
        modules.bytes()[i] = code->data[i] & 1U;
    return QrCode(side, std::move(modules));
}

bool QrCode::dark(std::size_t x, std::size_t y) const {
    return x < width_ && y < width_ && modules_.bytes()[y * width_ + x] != 0;
}

// A side is odd: the lower half of the last line lies below the picture and is light, like the quiet zone.
Secret QrCode::half_blocks(Colours colours, std::size_t quiet) const {
    const std::size_t side = width_ + 2 * quiet;
    const bool ink_is_dark = colours != Colours::light_on_dark;
    // Left of and above the picture the subtraction wraps around, to what dark() knows as outside.
    const auto ink = [&](std::size_t x, std::size_t y) { return dark(x - quiet, y - quiet) == ink_is_dark; };
    Secret out;
    for (std::size_t y = 0; y < side; y += 2) {
        if (colours == Colours::explicit_ansi) out.append(black_on_white);
        for (std::size_t x = 0; x < side; ++x)
            out.append(cell(ink(x, y), ink(x, y + 1)));
        if (colours == Colours::explicit_ansi) out.append(colours_off);
        out.push_back('\n');
    }
    return out;
}

Secret QrCode::blanks(Blanks how, std::size_t quiet) const {
    const std::size_t side = width_ + 2 * quiet;
    const bool coloured = how == Blanks::black_and_white;
    const std::string_view light = coloured ? white_background : reversed;
    const std::string_view ink = coloured ? black_background : colours_off;
    Secret out;
    for (std::size_t y = 0; y < side; ++y) {
        bool was_dark = false;
        out.append(light);
        for (std::size_t x = 0; x < side; ++x) {
            const bool is_dark = dark(x - quiet, y - quiet);
            if (is_dark != was_dark) out.append(is_dark ? ink : light);
            was_dark = is_dark;
            out.append("  ");
        }
        out.append(colours_off);
        out.push_back('\n');
    }
    return out;
}

}  // namespace secondstep::dialogue
