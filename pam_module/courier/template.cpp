#include "courier/template.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace secondstep::courier {
namespace {

constexpr std::array names = {
    std::string_view("code"),    std::string_view("user"),       std::string_view("host"),
    std::string_view("service"), std::string_view("minutes"),    std::string_view("contact"),
    std::string_view("notice"),  std::string_view("to"),         std::string_view("text"),
    std::string_view("from"),    std::string_view("login_user"), std::string_view("login_password")};

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// The name behind a '{' that `text` begins with, if it is one.
std::optional<std::string_view> name_in_braces(std::string_view text) {
    const auto* const end =
        std::ranges::find_if_not(text.substr(1), [](char c) { return is_name_character(c); });
    const std::string_view name = text.substr(1, static_cast<std::size_t>(end - text.begin()) - 1);
    if (name.empty() || end == text.end() || *end != '}') return std::nullopt;
    return name;
}

std::string list_of(std::span<const Placeholder> placeholders) {
    std::string list;
    for (const Placeholder placeholder : placeholders)
        list.append(list.empty() ? "{" : ", {").append(to_text(placeholder)).append("}");
    return list;
}

Result<Placeholder> find(std::string_view name, std::span<const Placeholder> allowed) {
    const auto found = std::ranges::find(allowed, name, [](Placeholder p) { return to_text(p); });
    if (found != allowed.end()) return *found;
    return fail(Errc::invalid, "something in braces is unknown here; there are " + list_of(allowed));
}

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void append_hex(Secret& out, char c) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(digits[byte >> 4]);
    out.push_back(digits[byte & 0x0f]);
}

void append_percent(Secret& out, char c) {
    if (is_unreserved(c)) return out.push_back(c);
    out.push_back('%');
    append_hex(out, c);
}

void append_json(Secret& out, char c) {
    if (c == '"' || c == '\\') {
        out.push_back('\\');
        out.push_back(c);
    } else if (c == '\n') {
        out.append("\\n");
    } else if (static_cast<unsigned char>(c) < 0x20) {
        out.append("\\u00");
        append_hex(out, c);
    } else {
        out.push_back(c);
    }
}

}  // namespace

std::string_view to_text(Placeholder placeholder) {
    return names[static_cast<std::size_t>(placeholder)];
}

void append_escaped(Secret& out, std::string_view value, Escape escape) {
    if (escape == Escape::none) return out.append(value);
    for (const char c : value)
        escape == Escape::percent ? append_percent(out, c) : append_json(out, c);
}

Result<Template> Template::create(std::string_view text, std::span<const Placeholder> allowed) {
    Template made;
    Piece piece;
    while (!text.empty()) {
        const auto name = text.front() == '{' ? name_in_braces(text) : std::nullopt;
        if (!name) {
            piece.literal += text.front();
            text.remove_prefix(1);
            continue;
        }
        const Result<Placeholder> placeholder = find(*name, allowed);
        if (!placeholder) return std::unexpected(placeholder.error());
        piece.has_placeholder = true;
        piece.placeholder = *placeholder;
        made.pieces_.push_back(std::exchange(piece, {}));
        text.remove_prefix(name->size() + 2);
    }
    if (!piece.literal.empty()) made.pieces_.push_back(std::move(piece));
    return made;
}

Secret Template::render(const Values& values, Escape escape) const {
    Secret out;
    for (const Piece& piece : pieces_) {
        out.append(piece.literal);
        if (piece.has_placeholder) append_escaped(out, values.get(piece.placeholder), escape);
    }
    return out;
}

bool Template::uses(Placeholder placeholder) const {
    return std::ranges::any_of(
        pieces_, [&](const Piece& p) { return p.has_placeholder && p.placeholder == placeholder; });
}

std::string_view Template::beginning() const {
    return pieces_.empty() ? std::string_view() : std::string_view(pieces_.front().literal);
}

}  // namespace secondstep::courier
