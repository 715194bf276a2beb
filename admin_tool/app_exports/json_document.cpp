#include "app_exports/json_document.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"

namespace secondstep::tool {

namespace {

constexpr std::size_t longest_text = std::size_t{32} << 20U;
constexpr std::size_t deepest = 64;
constexpr std::size_t most_values = 500'000;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Bytes of the number at the beginning of `text` (RFC 8259 section 6); 0: there is none.
std::size_t length_of_number(std::string_view text) {
    std::size_t at = text.starts_with('-') ? 1 : 0;
    const auto digits = [&] {
        const std::size_t before = at;
        while (at < text.size() && is_digit(text[at]))
            ++at;
        return at - before;
    };
    const bool zero = at < text.size() && text[at] == '0';
    const std::size_t whole = digits();
    if (whole == 0 || (zero && whole > 1)) return 0;
    if (at < text.size() && text[at] == '.') {
        ++at;
        if (digits() == 0) return 0;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
        if (digits() == 0) return 0;
    }
    return at;
}

// RFC 3629 section 3; at most as long as the escape was.
void put_utf8(std::uint32_t point, char*& out) {
    const auto put = [&](std::uint32_t byte) {
        *out++ = static_cast<char>(static_cast<unsigned char>(byte));
    };
    if (point < 0x80) return put(point);
    if (point < 0x800) {
        put(0xC0U | (point >> 6U));
    } else {
        if (point < 0x10000) {
            put(0xE0U | (point >> 12U));
        } else {
            put(0xF0U | (point >> 18U));
            put(0x80U | ((point >> 12U) & 0x3FU));
        }
        put(0x80U | ((point >> 6U) & 0x3FU));
    }
    put(0x80U | (point & 0x3FU));
}

// The four hexadecimal digits of \u.
std::optional<std::uint32_t> four_digits(std::string_view text) {
    std::uint32_t value = 0;
    if (text.size() < 4) return std::nullopt;
    for (const char c : text.substr(0, 4)) {
        const auto digit = std::string_view("0123456789abcdef0123456789ABCDEF").find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        value = value * 16 + static_cast<std::uint32_t>(digit % 16);
    }
    return value;
}

}  // namespace

// Written as a machine over its own stack: a file of a million brackets must not use up the real one.
class JsonParser {
  public:
    JsonParser(std::string_view text, JsonDocument& document) : text_(text), document_(document) {}
    [[nodiscard]] Result<void> run();

  private:
    using Kind = JsonValue::Kind;
    enum class Expected : std::uint8_t { value, value_or_end, name, name_or_end, comma_or_end, nothing };
    struct Open {
        std::uint32_t node;
        std::uint32_t last = 0;  // its child
    };

    [[nodiscard]] bool step();
    [[nodiscard]] bool read_value(char first);
    [[nodiscard]] bool read_word(std::string_view word, Kind kind);
    [[nodiscard]] bool read_number();
    [[nodiscard]] bool read_name();
    [[nodiscard]] bool go_on(char c);
    [[nodiscard]] bool open(Kind kind);
    [[nodiscard]] bool close(char bracket);
    [[nodiscard]] bool add(Kind kind, std::string_view word);
    [[nodiscard]] std::optional<std::string_view> read_string();
    [[nodiscard]] std::optional<std::string_view> unescape(std::string_view quoted);
    [[nodiscard]] bool unescape_one(std::string_view& rest, char*& out);
    [[nodiscard]] bool unescape_unicode(std::string_view& rest, char*& out);
    [[nodiscard]] bool names_differ(std::uint32_t object) const;
    [[nodiscard]] bool wrong(std::string_view why);
    void skip_blanks();
    [[nodiscard]] Kind innermost() const { return document_.nodes_[stack_.back().node].kind; }

    std::string_view text_;
    std::size_t at_ = 0;
    JsonDocument& document_;
    std::vector<Open> stack_;
    std::string_view name_;  // of the value that is read next
    Expected expected_ = Expected::value;
    std::size_t unescaped_ = 0;  // bytes used of the document's
    std::string_view why_;
};

Result<void> JsonParser::run() {
    document_.nodes_.emplace_back();
    for (skip_blanks(); at_ < text_.size(); skip_blanks()) {
        if (step()) continue;
        if (why_.empty()) break;  // cut short
        const auto line = std::ranges::count(text_.substr(0, at_), '\n') + 1;
        return fail(Errc::invalid, "line " + std::to_string(line) + ": " + std::string(why_));
    }
    if (expected_ == Expected::nothing) return {};
    return fail(Errc::invalid, "it ends in the middle: the file was not copied whole");
}

bool JsonParser::step() {
    const char c = text_[at_];
    switch (expected_) {
        case Expected::value:
            return read_value(c);
        case Expected::value_or_end:
            return c == ']' ? close(c) : read_value(c);
        case Expected::name:
            return read_name();
        case Expected::name_or_end:
            return c == '}' ? close(c) : read_name();
        case Expected::comma_or_end:
            return go_on(c);
        case Expected::nothing:
            break;
    }
    return wrong("there is something behind the end of the JSON");
}

bool JsonParser::read_value(char first) {
    if (first == '{') return open(Kind::object);
    if (first == '[') return open(Kind::array);
    if (first == '"') {
        const auto word = read_string();
        return word && add(Kind::string, *word);
    }
    if (first == 't') return read_word("true", Kind::boolean);
    if (first == 'f') return read_word("false", Kind::boolean);
    if (first == 'n') return read_word("null", Kind::null);
    return read_number();
}

bool JsonParser::read_word(std::string_view word, Kind kind) {
    if (!text_.substr(at_).starts_with(word)) return wrong("this is not JSON");
    at_ += word.size();
    return add(kind, kind == Kind::null ? std::string_view{} : word);
}

bool JsonParser::read_number() {
    const std::size_t size = length_of_number(text_.substr(at_));
    if (size == 0) return wrong("this is not JSON");
    at_ += size;
    return add(Kind::number, text_.substr(at_ - size, size));
}

bool JsonParser::read_name() {
    if (text_[at_] != '"') return wrong("this is not JSON");
    const auto name = read_string();
    if (!name) return false;
    name_ = *name;
    skip_blanks();
    if (at_ == text_.size()) return true;
    if (text_[at_] != ':') return wrong("this is not JSON");
    ++at_;
    expected_ = Expected::value;
    return true;
}

bool JsonParser::go_on(char c) {
    if (c != ',') return close(c);
    ++at_;
    expected_ = innermost() == Kind::object ? Expected::name : Expected::value;
    return true;
}

bool JsonParser::open(Kind kind) {
    if (stack_.size() == deepest) return wrong("it is nested deeper than 64 levels");
    if (!add(kind, text_.substr(at_, 1))) return false;
    ++at_;
    stack_.push_back({static_cast<std::uint32_t>(document_.nodes_.size() - 1)});
    expected_ = kind == Kind::object ? Expected::name_or_end : Expected::value_or_end;
    return true;
}

bool JsonParser::close(char bracket) {
    if (bracket != (innermost() == Kind::object ? '}' : ']')) return wrong("this is not JSON");
    ++at_;
    if (bracket == '}' && !names_differ(stack_.back().node))
        return wrong("an object has the same name twice, and nobody knows which one counts");
    stack_.pop_back();
    expected_ = stack_.empty() ? Expected::nothing : Expected::comma_or_end;
    return true;
}

bool JsonParser::add(Kind kind, std::string_view word) {
    auto& nodes = document_.nodes_;
    if (nodes.size() > most_values) return wrong("it has more than half a million values");
    const auto node = static_cast<std::uint32_t>(nodes.size());
    nodes.push_back({kind, std::exchange(name_, {}), word});
    if (!stack_.empty()) {
        Open& parent = stack_.back();
        (parent.last == 0 ? nodes[parent.node].first : nodes[parent.last].next) = node;
        parent.last = node;
    }
    expected_ = stack_.empty() ? Expected::nothing : Expected::comma_or_end;
    return true;
}

// With its quotes; a view of the text itself unless something is escaped.
std::optional<std::string_view> JsonParser::read_string() {
    const std::size_t begin = ++at_;
    bool escaped = false;
    while (at_ < text_.size() && text_[at_] != '"') {
        if (static_cast<unsigned char>(text_[at_]) < 0x20) {
            static_cast<void>(wrong("a text in quotes has a control character"));
            return std::nullopt;
        }
        const bool backslash = text_[at_] == '\\';
        escaped = escaped || backslash;
        at_ = std::min(at_ + (backslash ? 2 : 1), text_.size());
    }
    if (at_ == text_.size()) return std::nullopt;
    const std::string_view quoted = text_.substr(begin, at_ - begin);
    ++at_;
    return escaped ? unescape(quoted) : quoted;
}

// No text grows by it, so that all of them have room in as many bytes as the whole text has.
std::optional<std::string_view> JsonParser::unescape(std::string_view quoted) {
    Secret& all = document_.unescaped_;
    if (all.empty()) all = Secret(text_.size());
    char* const begin = reinterpret_cast<char*>(all.bytes().data()) + unescaped_;
    char* out = begin;
    while (!quoted.empty()) {
        if (quoted.front() == '\\') {
            if (!unescape_one(quoted, out)) return std::nullopt;
        } else {
            *out++ = quoted.front();
            quoted.remove_prefix(1);
        }
    }
    const auto size = static_cast<std::size_t>(out - begin);
    unescaped_ += size;
    return std::string_view(begin, size);
}

bool JsonParser::unescape_one(std::string_view& rest, char*& out) {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    if (rest[1] == 'u') return unescape_unicode(rest, out);
    const auto at = letters.find(rest[1]);
    if (at == std::string_view::npos) return wrong("a text in quotes has an unknown escape");
    *out++ = meanings[at];
    rest.remove_prefix(2);
    return true;
}

bool JsonParser::unescape_unicode(std::string_view& rest, char*& out) {
    auto point = four_digits(rest.substr(2));
    std::size_t used = 6;
    if (point && *point >= 0xD800 && *point < 0xDC00) {
        const auto low = rest.substr(6).starts_with("\\u") ? four_digits(rest.substr(8)) : std::nullopt;
        const bool pair = low && *low >= 0xDC00 && *low < 0xE000;
        point = pair ? std::optional(0x10000 + ((*point - 0xD800) << 10U) + (*low - 0xDC00)) : std::nullopt;
        used = 12;
    } else if (point && *point >= 0xDC00 && *point < 0xE000) {
        point = std::nullopt;
    }
    if (!point) return wrong("a text in quotes has an unknown escape");
    put_utf8(*point, out);
    rest.remove_prefix(used);
    return true;
}

bool JsonParser::names_differ(std::uint32_t object) const {
    std::vector<std::string_view> names;
    const auto& nodes = document_.nodes_;
    for (std::uint32_t node = nodes[object].first; node != 0; node = nodes[node].next)
        names.push_back(nodes[node].name);
    std::ranges::sort(names);
    return std::ranges::adjacent_find(names) == names.end();
}

bool JsonParser::wrong(std::string_view why) {
    why_ = why;
    return false;
}

void JsonParser::skip_blanks() {
    at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
}

Result<JsonDocument> JsonDocument::parse(std::string_view text) {
    constexpr std::string_view mark = "\xef\xbb\xbf";
    if (text.size() > longest_text) return fail(Errc::too_large, "it has more than 32 MiB");
    if (text.starts_with(mark)) text.remove_prefix(mark.size());
    if (!is_valid_utf8(text)) return fail(Errc::invalid, "it is not UTF-8");
    JsonDocument document;
    if (const auto read = JsonParser(text, document).run(); !read) return std::unexpected(read.error());
    return document;
}

JsonValue::Kind JsonValue::kind() const {
    return document_ == nullptr ? Kind::absent : document_->nodes_[node_].kind;
}

std::string_view JsonValue::name() const {
    return document_ == nullptr ? std::string_view{} : document_->nodes_[node_].name;
}

std::string_view JsonValue::word() const {
    return document_ == nullptr ? std::string_view{} : document_->nodes_[node_].word;
}

std::string_view JsonValue::text() const {
    return is(Kind::number) || is(Kind::boolean) ? std::string_view("[") : word();
}

JsonValue JsonValue::operator[](std::string_view name) const {
    if (!is(Kind::object)) return {};
    for (const JsonValue member : *this) {
        if (member.name() == name) return member;
    }
    return {};
}

JsonValue::Iterator JsonValue::begin() const {
    return Iterator(document_ == nullptr ? JsonValue()
                                         : JsonValue(document_, document_->nodes_[node_].first));
}

JsonValue::Iterator JsonValue::end() const {
    return Iterator(JsonValue(document_, 0));
}

bool JsonValue::is_empty() const {
    return begin() == end();
}

JsonValue::Iterator& JsonValue::Iterator::operator++() {
    value_.node_ = value_.document_->nodes_[value_.node_].next;
    return *this;
}

}  // namespace secondstep::tool
