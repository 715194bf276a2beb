#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "base/secret.h"
#include "console/exit_status.h"
#include "console/output.h"
#include "enrollment/qr.h"
#include "files/caller_file.h"

namespace secondstep::tool {

// What --qr asks for: "utf8", "ascii", "png:FILE", "svg:FILE", "none"; nothing given:
// what the terminal can show.
struct QrChoice {
    enum class Kind { automatic, utf8, ascii, png, svg, none };
    Kind kind = Kind::automatic;
    std::string path;  // png, svg

    [[nodiscard]] static OrExit<QrChoice> parse(const std::optional<std::string>& text);
    [[nodiscard]] bool is_file() const { return kind == Kind::png || kind == Kind::svg; }
};

// The picture into the caller's file. Errors: io, no_space.
[[nodiscard]] Result<void> write_qr(const dialogue::QrCode& qr, const QrChoice& choice,
                                    const CallerFile& file);

}  // namespace secondstep::tool
