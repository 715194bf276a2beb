#pragma once

#include "base/error.h"
#include "base/secret.h"
#include "console/output.h"
#include "console/terminal.h"
#include "qr/qr_choice.h"

namespace secondstep::tool {

enum class Drawn {
    whole,
    too_tall,  // drawn, but what was above has left the screen
    not_drawn
};

// Draws the QR code of `text` on `screen`, or says why it does not and what to do. Where the whole does not fit into
// the columns, with a narrow quiet zone, and then without what of an otpauth:// address is there twice. Errors:
// too_large, invalid (as QrCode::of).
[[nodiscard]] Result<Drawn> draw_qr(const Secret& text, const QrChoice& choice, Output& screen);

// How it is drawn on such a terminal. `no_way`: neither UTF-8 nor control sequences.
enum class Drawing {
    half_blocks_in_colours,
    half_blocks,
    blanks_in_colours,
    blanks_in_reverse_video,
    no_way
};
[[nodiscard]] Drawing drawing_for(QrChoice::Kind kind, const Terminal& terminal);

// Without the parameter `issuer` if the label begins with the same, as the key URI format has it
// (https://github.com/google/google-authenticator/wiki/Key-Uri-Format); otherwise as it is.
//   "otpauth://totp/web01:alice?secret=JBSW&issuer=web01&digits=8" => "otpauth://totp/web01:alice?secret=JBSW&digits=8"
[[nodiscard]] Secret without_repeated_issuer(const Secret& uri);

}  // namespace secondstep::tool
