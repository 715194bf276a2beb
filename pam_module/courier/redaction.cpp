#include "courier/redaction.h"

#include <array>
#include <functional>
#include <optional>

#include "base/text.h"

namespace secondstep::courier {

namespace {

constexpr std::size_t row = 4;

// One symbol of a text as somebody reads it, and where it stands in the text that came.
struct Symbol {
    std::uint8_t value;
    std::size_t begin;
    std::size_t end;
};
using Symbols = std::vector<Symbol>;

std::uint8_t lowered(std::uint8_t c) {
    return c >= 'A' && c <= 'Z' ? static_cast<std::uint8_t>(c - 'A' + 'a') : c;
}

bool is_plain(std::uint8_t c) {
    return (c >= '0' && c <= '9') || (lowered(c) >= 'a' && lowered(c) <= 'z') || c >= 0x80;
}

std::optional<unsigned> hex_value(std::uint8_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    const std::uint8_t low = lowered(c);
    if (low >= 'a' && low <= 'f') return low - 'a' + 10U;
    return std::nullopt;
}

std::optional<unsigned> base64_value(std::uint8_t c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26U;
    if (c >= '0' && c <= '9') return c - '0' + 52U;
    if (c == '+' || c == '-') return 62U;
    if (c == '/' || c == '_') return 63U;
    return std::nullopt;
}

// --- escapes ---

// What stands at `at` when it is an escape: its value, and how many symbols it takes.
struct Escape {
    unsigned value;
    std::size_t size;
};

std::optional<unsigned> number_at(const Symbols& in, std::size_t at, std::size_t digits) {
    if (at + digits > in.size()) return std::nullopt;
    unsigned value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        const auto digit = hex_value(in[at + i].value);
        if (!digit) return std::nullopt;
        value = value * 16 + *digit;
    }
    return value;
}

// "%2F", of mail "=2F"
std::optional<Escape> byte_at(const Symbols& in, std::size_t at) {
    const auto value = number_at(in, at + 1, 2);
    return value ? std::optional(Escape{*value, 3}) : std::nullopt;
}

// "\\u0031", "\\x31", "\\/"
std::optional<Escape> backslash_at(const Symbols& in, std::size_t at) {
    if (at + 1 >= in.size()) return std::nullopt;
    const std::uint8_t kind = in[at + 1].value;
    const auto wide = kind == 'u' ? number_at(in, at + 2, 4) : std::nullopt;
    if (wide) return Escape{*wide, 6};
    const auto narrow = kind == 'x' ? number_at(in, at + 2, 2) : std::nullopt;
    if (narrow) return Escape{*narrow, 4};
    return Escape{kind, 2};
}

// "&#49;", "&#x31;", "&amp;"
std::optional<Escape> entity_at(const Symbols& in, std::size_t at) {
    std::string name;
    for (std::size_t i = at + 1; i < in.size() && name.size() < 9; ++i) {
        const std::uint8_t c = in[i].value;
        if (c != ';') {
            name += static_cast<char>(c);
            continue;
        }
        const std::size_t size = i - at + 1;
        for (const auto& [known, value] : std::array<std::pair<std::string_view, char>, 5>{
                 {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}}) {
            if (name == known) return Escape{static_cast<unsigned>(value), size};
        }
        if (!name.starts_with('#')) return std::nullopt;
        const bool is_hex = name.starts_with("#x") || name.starts_with("#X");
        const auto number = is_hex ? number_at(in, at + 3, name.size() - 2) : std::nullopt;
        if (is_hex) return number ? std::optional(Escape{*number, size}) : std::nullopt;
        const auto decimal = parse_number<unsigned>(std::string_view(name).substr(1));
        return decimal ? std::optional(Escape{*decimal, size}) : std::nullopt;
    }
    return std::nullopt;
}

enum class Form { everywhere, mail };

std::optional<Escape> escape_at(const Symbols& in, std::size_t at, Form form) {
    const std::uint8_t mark = in[at].value;
    if (form == Form::mail) return mark == '=' ? byte_at(in, at) : std::nullopt;
    if (mark == '%') return byte_at(in, at);
    if (mark == '\\') return backslash_at(in, at);
    if (mark == '&') return entity_at(in, at);
    return std::nullopt;
}

void append_character(Symbols& out, unsigned value, std::size_t begin, std::size_t end) {
    const auto add = [&](unsigned byte) { out.push_back({static_cast<std::uint8_t>(byte), begin, end}); };
    if (value < 0x100) return add(value);  // a byte of UTF-8, or Latin-1
    if (value < 0x800) {
        add(0xc0 | value >> 6);
    } else {
        add(0xe0 | ((value >> 12) & 0x0f));
        add(0x80 | ((value >> 6) & 0x3f));
    }
    add(0x80 | (value & 0x3f));
}

Symbols without_escapes(const Symbols& in, Form form) {
    Symbols out;
    for (std::size_t at = 0; at < in.size();) {
        const auto escape = escape_at(in, at, form);
        if (!escape) {
            out.push_back(in[at++]);
            continue;
        }
        append_character(out, escape->value, in[at].begin, in[at + escape->size - 1].end);
        at += escape->size;
    }
    return out;
}

// --- codings ---

using ValueOf = std::optional<unsigned> (*)(std::uint8_t);

// Every run of symbols of the coding as bytes, as if it began at each of them: `bits` a symbol.
Symbols decoded(const Symbols& in, ValueOf value_of, unsigned bits, std::size_t skipped) {
    Symbols out;
    std::vector<Symbol> pending;  // that have bits of the byte in the making
    unsigned held = 0;
    unsigned held_bits = 0;
    std::size_t to_skip = skipped;
    const auto start_anew = [&] {
        pending.clear();
        held = held_bits = 0;
        to_skip = skipped;
    };
    for (const Symbol& symbol : in) {
        if (symbol.value == '\r' || symbol.value == '\n') continue;  // mail breaks lines in it
        const auto value = value_of(symbol.value);
        if (!value) {
            if (!pending.empty() || to_skip != skipped) out.push_back({' ', symbol.begin, symbol.begin});
            start_anew();
            continue;
        }
        if (to_skip > 0) {
            --to_skip;
            continue;
        }
        pending.push_back(symbol);
        held = (held << bits | *value) & 0xffff;
        held_bits += bits;
        if (held_bits < 8) continue;
        held_bits -= 8;
        out.push_back({static_cast<std::uint8_t>(held >> held_bits), pending.front().begin, symbol.end});
        pending.clear();
        if (held_bits > 0) pending.push_back(symbol);
    }
    return out;
}

}  // namespace

// One text, and which of its bytes are to be struck out.
class Reading {
  public:
    Reading(const Redaction& redaction, std::string_view text)
        : redaction_(redaction), text_(text), struck_(text.size(), false) {}

    std::string without_secrets() {
        Symbols raw;
        for (std::size_t i = 0; i < text_.size(); ++i)
            raw.push_back({static_cast<std::uint8_t>(text_[i]), i, i + 1});
        look_into(raw);
        look_into(without_escapes(raw, Form::mail));
        const Symbols once = without_escapes(raw, Form::everywhere);
        look_into(once);
        look_into(without_escapes(once, Form::everywhere));
        std::string out(text_);
        for (std::size_t i = 0; i < out.size(); ++i) {
            if (struck_[i]) out[i] = '*';
        }
        return out;
    }

  private:
    void look_into(const Symbols& in) {
        find(in);
        constexpr unsigned symbols_of_three_bytes = 4;
        for (std::size_t skipped = 0; skipped < symbols_of_three_bytes; ++skipped)
            find(decoded(in, base64_value, 6, skipped));
        for (std::size_t skipped = 0; skipped < 2; ++skipped)
            find(decoded(in, hex_value, 4, skipped));
    }

    void find(const Symbols& in) {
        Symbols all;  // UTF-16 has zeros between
        Symbols plain;
        for (Symbol symbol : in) {
            symbol.value = lowered(symbol.value);
            if (symbol.value != 0) all.push_back(symbol);
            if (is_plain(symbol.value)) plain.push_back(symbol);
        }
        find_rows(all, redaction_.fours_);
        find_rows(plain, redaction_.plain_fours_);
        for (const std::string& secret : redaction_.short_ones_)
            find_whole(all, secret);
    }

    void find_rows(const Symbols& in, const std::unordered_set<std::uint32_t>& wanted) {
        std::uint32_t last = 0;
        for (std::size_t i = 0; i < in.size(); ++i) {
            last = last << 8 | in[i].value;
            if (i + 1 >= row && wanted.contains(last)) strike(in, i + 1 - row, row);
        }
    }

    void find_whole(const Symbols& in, std::string_view secret) {
        for (std::size_t i = 0; i + secret.size() <= in.size(); ++i) {
            bool same = true;
            for (std::size_t j = 0; j < secret.size(); ++j)
                same = same && in[i + j].value == static_cast<std::uint8_t>(secret[j]);
            if (same) strike(in, i, secret.size());
        }
    }

    void strike(const Symbols& in, std::size_t first, std::size_t count) {
        for (std::size_t i = first; i < first + count; ++i) {
            for (std::size_t at = in[i].begin; at < in[i].end; ++at)
                struck_[at] = true;
        }
    }

    const Redaction& redaction_;
    std::string_view text_;
    std::vector<bool> struck_;
};

namespace {

void add_rows(std::unordered_set<std::uint32_t>& rows, std::string_view secret) {
    std::uint32_t last = 0;
    for (std::size_t i = 0; i < secret.size(); ++i) {
        last = last << 8 | static_cast<std::uint8_t>(secret[i]);
        if (i + 1 >= row) rows.insert(last);
    }
}

}  // namespace

void Redaction::hide(std::string_view secret) {
    std::string all;
    std::string plain;
    for (const char c : secret) {
        const auto low = static_cast<char>(lowered(static_cast<std::uint8_t>(c)));
        all += low;
        if (is_plain(static_cast<std::uint8_t>(low))) plain += low;
    }
    if (!all.empty() && all.size() < row) short_ones_.push_back(all);
    add_rows(fours_, all);
    add_rows(plain_fours_, plain);
}

std::string Redaction::of(std::string_view text) const {
    return Reading(*this, text.substr(0, longest_text)).without_secrets();
}

}  // namespace secondstep::courier
