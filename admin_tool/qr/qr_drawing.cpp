#include "qr/qr_drawing.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace secondstep::tool {

namespace {

using dialogue::QrCode;
using Kind = QrChoice::Kind;

bool is_in_blanks(Drawing drawing) {
    return drawing == Drawing::blanks_in_colours || drawing == Drawing::blanks_in_reverse_video;
}

struct Fitted {
    QrCode qr;
    std::size_t quiet;
    std::size_t columns;
    std::size_t rows;
};

Fitted with_quiet_zone(QrCode qr, std::size_t quiet, bool in_blanks) {
    const std::size_t side = qr.width() + 2 * quiet;
    return {std::move(qr), quiet, in_blanks ? 2 * side : side, in_blanks ? side : (side + 1) / 2};
}

struct Attempt {
    bool shorter;
    std::size_t quiet;
};
// The better ones first. One module of margin is what is left of the standard's four before nothing is shown.
constexpr auto attempts = std::to_array<Attempt>(
    {{false, QrCode::quiet_zone}, {false, 2}, {true, QrCode::quiet_zone}, {true, 2}, {true, 1}});

// The first that fits, or the narrowest.
Result<Fitted> fit(const Secret& text, std::size_t columns, bool in_blanks) {
    std::optional<Fitted> last;
    for (const Attempt& attempt : attempts) {
        auto qr = QrCode::of(attempt.shorter ? without_repeated_issuer(text) : text.clone());
        if (!qr) return std::unexpected(std::move(qr.error()));
        last = with_quiet_zone(std::move(*qr), attempt.quiet, in_blanks);
        if (last->columns <= columns) break;
    }
    return std::move(*last);
}

Secret picture(const Fitted& fitted, Drawing drawing) {
    switch (drawing) {
        case Drawing::half_blocks_in_colours:
            return fitted.qr.half_blocks(QrCode::Colours::explicit_ansi, fitted.quiet);
        case Drawing::half_blocks:
            return fitted.qr.half_blocks(QrCode::Colours::light_on_dark, fitted.quiet);
        case Drawing::blanks_in_colours:
            return fitted.qr.blanks(QrCode::Blanks::black_and_white, fitted.quiet);
        case Drawing::blanks_in_reverse_video:
            return fitted.qr.blanks(QrCode::Blanks::reverse_video, fitted.quiet);
        case Drawing::no_way:
            break;
    }
    return {};
}

void say_too_narrow(const Fitted& needed, const Terminal& terminal, bool in_blanks, Output& screen) {
    screen.line("The QR picture needs " + std::to_string(needed.columns) + " columns, this terminal has " +
                std::to_string(terminal.columns) + ":\nwiden it and begin again, or use --qr png:FILE" +
                (in_blanks ? ", or --qr utf8\nif the terminal shows UTF-8" : "") +
                ". The same stands here as text.");
}

// Of light and dark this machine only knows that they differ.
bool depends_on_the_screen(Drawing drawing) {
    return drawing == Drawing::half_blocks || drawing == Drawing::blanks_in_reverse_video;
}

}  // namespace

Drawing drawing_for(Kind kind, const Terminal& terminal) {
    const bool half_blocks = kind == Kind::utf8 || (kind == Kind::automatic && terminal.utf8);
    if (half_blocks) return terminal.colours ? Drawing::half_blocks_in_colours : Drawing::half_blocks;
    // Into a pipe or a file only who asks for it gets control sequences.
    if (!terminal.is_terminal) return kind == Kind::ascii ? Drawing::blanks_in_colours : Drawing::no_way;
    if (!terminal.escapes) return Drawing::no_way;
    return terminal.colours ? Drawing::blanks_in_colours : Drawing::blanks_in_reverse_video;
}

Result<Drawn> draw_qr(const Secret& text, const QrChoice& choice, Output& screen) {
    const Terminal terminal = terminal_of(screen.fd());
    const Drawing drawing = drawing_for(choice.kind, terminal);
    if (drawing == Drawing::no_way) {
        screen.line("No QR picture can be shown here: type what stands here as text, or use --qr\npng:FILE.");
        return Drawn::not_drawn;
    }
    const std::size_t columns = terminal.is_terminal ? terminal.columns : std::string_view::npos;
    const auto fitted = fit(text, columns, is_in_blanks(drawing));
    if (!fitted) return std::unexpected(fitted.error());
    if (fitted->columns > columns) {
        say_too_narrow(*fitted, terminal, is_in_blanks(drawing), screen);
        return Drawn::not_drawn;
    }
    screen.write(picture(*fitted, drawing).text());
    if (terminal.is_terminal && depends_on_the_screen(drawing))
        screen.line("(For light text on a dark background. Is it not read? Type the text.)");
    if (!terminal.is_terminal || fitted->rows < terminal.rows) return Drawn::whole;
    screen.line("The picture has " + std::to_string(fitted->rows) + " lines and this terminal " +
                std::to_string(terminal.rows) +
                ":\nmake it taller until you see all of it, or type the text.");
    return Drawn::too_tall;
}

Secret without_repeated_issuer(const Secret& uri) {
    const std::string_view text = uri.text();
    constexpr std::string_view parameter = "&issuer=";
    const std::size_t begin = text.find(parameter);
    if (!text.starts_with("otpauth://") || begin == std::string_view::npos) return uri.clone();
    const std::size_t value = begin + parameter.size();
    const std::size_t end = std::min(text.find('&', value), text.size());
    const std::string_view issuer = text.substr(value, end - value);
    const std::size_t label = text.find('/', std::string_view("otpauth://").size()) + 1;
    const std::string_view named = text.substr(label);
    const bool repeated = named.starts_with(issuer) && named.substr(issuer.size()).starts_with(':');
    if (issuer.empty() || !repeated) return uri.clone();
    Secret shorter = Secret::copy_of(text.substr(0, begin));
    shorter.append(text.substr(end));
    return shorter;
}

}  // namespace secondstep::tool
