#include "files/address_lines.h"

#include <utility>

#include "base/text.h"

namespace secondstep::tool {
namespace {

using Kind = AddressLines::Kind;

Kind kind_of(std::string_view line) {
    for (const std::string_view scheme : {"otpauth:", "otpauth-migration:", "steam:"}) {
        if (begins_with(line, scheme)) return Kind::address;
    }
    return begins_with(line, "phonefactor:") ? Kind::of_another_app : Kind::other;
}

}  // namespace

std::optional<AddressLines::Line> AddressLines::read() {
    const auto line = lines_.next();
    if (!line) return std::nullopt;
    const std::string_view text = trimmed(line->text);
    return Line{line->number, text, kind_of(text)};
}

std::optional<AddressLines::Line> AddressLines::next() {
    const auto says_nothing = [](const Line& line) {
        return line.text.empty() || line.text.starts_with('#');
    };
    std::optional<Line> line = ahead_ ? std::exchange(ahead_, std::nullopt) : read();
    while (line && says_nothing(*line))
        line = read();
    if (!line || line->kind != Kind::address) return line;
    ahead_ = read();
    if (ahead_ && !says_nothing(*ahead_) && ahead_->kind == Kind::other) line->kind = Kind::cut_off;
    return line;
}

}  // namespace secondstep::tool
