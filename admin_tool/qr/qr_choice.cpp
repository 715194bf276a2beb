#include "qr/qr_choice.h"

#include <array>
#include <string_view>
#include <utility>

#include "qr/qr_image.h"

namespace secondstep::tool {

namespace {

using Kind = QrChoice::Kind;

std::optional<QrChoice> picture(std::string_view text, std::string_view prefix, Kind kind) {
    if (!text.starts_with(prefix) || text.size() == prefix.size()) return std::nullopt;
    return QrChoice{kind, std::string(text.substr(prefix.size()))};
}

}  // namespace

OrExit<QrChoice> QrChoice::parse(const std::optional<std::string>& text) {
    if (!text) return QrChoice{};
    constexpr std::array<std::pair<std::string_view, Kind>, 3> words{
        {{"utf8", Kind::utf8}, {"ascii", Kind::ascii}, {"none", Kind::none}}};
    for (const auto& [word, kind] : words) {
        if (*text == word) return QrChoice{kind, {}};
    }
    if (auto png = picture(*text, "png:", Kind::png)) return std::move(*png);
    if (auto svg = picture(*text, "svg:", Kind::svg)) return std::move(*svg);
    return stop(
        complain(Exit::usage, "--qr takes utf8, ascii, png:FILE, svg:FILE or none, not \"" + *text + "\""));
}

Result<void> write_qr(const dialogue::QrCode& qr, const QrChoice& choice, const CallerFile& file) {
    if (choice.kind == Kind::svg) return write_all(file.fd(), svg_of(qr).text(), file.path());
    const auto png = png_of(qr);
    if (!png) return std::unexpected(png.error());
    return write_all(file.fd(), png->text(), file.path());
}

}  // namespace secondstep::tool
