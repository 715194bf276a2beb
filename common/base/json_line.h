#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/text.h"

namespace secondstep::dialogue {

// A JSON string (RFC 8259 section 7). Without control characters and invalid UTF-8, so two characters are
// left that need an escape.
[[nodiscard]] inline std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : printable(text)) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

// One JSON object (RFC 8259) on one line, key by key: what the service tells the tool about one account. The
// service links no JSON library for it.
class JsonLine {
  public:
    void add(std::string_view key, std::string_view text) { raw(key, json_string(text)); }
    void add(std::string_view key, const char* text) { add(key, std::string_view(text)); }
    void add(std::string_view key, bool value) { raw(key, value ? "true" : "false"); }
    void add(std::string_view key, std::size_t number) { raw(key, std::to_string(number)); }
    // Unset: null.
    void add(std::string_view key, UnixTime time) {
        raw(key, time == never ? "null" : std::to_string(to_unix(time)));
    }
    void add_null(std::string_view key) { raw(key, "null"); }
    // `value` is JSON already.
    void raw(std::string_view key, std::string_view value) {
        if (!text_.empty()) text_ += ',';
        text_ += json_string(key) + ':' + std::string(value);
    }
    [[nodiscard]] std::string finish() && { return "{" + text_ + "}"; }

  private:
    std::string text_;
};

}  // namespace secondstep::dialogue
