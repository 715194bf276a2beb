#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"

namespace secondstep::tool {

class JsonDocument;

// One value of a JsonDocument, which outlives it; or none, where a member was asked for that is not there.
class JsonValue {
  public:
    enum class Kind : std::uint8_t { absent, null, boolean, number, string, array, object };

    JsonValue() = default;
    [[nodiscard]] Kind kind() const;
    [[nodiscard]] bool is(Kind wanted) const { return kind() == wanted; }
    // Whether something is said: neither absent nor null.
    [[nodiscard]] bool is_said() const { return !is(Kind::absent) && !is(Kind::null); }

    // Its name within its object.
    [[nodiscard]] std::string_view name() const;
    // A string without its quotes and escapes; a number, `true` and `false` as written; nothing when nothing is
    // said. Of an array or object its first bracket: no reader of a field takes that, so what has an unexpected
    // form is never read as "not said".
    [[nodiscard]] std::string_view word() const;
    // The same of a text alone, where a number or `true` could be taken for one: of those a bracket.
    [[nodiscard]] std::string_view text() const;
    [[nodiscard]] JsonValue operator[](std::string_view name) const;

    // Elements of an array, members of an object; none of anything else.
    class Iterator;
    [[nodiscard]] Iterator begin() const;
    [[nodiscard]] Iterator end() const;
    [[nodiscard]] bool is_empty() const;

  private:
    friend class JsonDocument;
    JsonValue(const JsonDocument* document, std::uint32_t node) : document_(document), node_(node) {}
    const JsonDocument* document_ = nullptr;
    std::uint32_t node_ = 0;
};

class JsonValue::Iterator {
  public:
    explicit Iterator(JsonValue value) : value_(value) {}
    [[nodiscard]] JsonValue operator*() const { return value_; }
    Iterator& operator++();
    [[nodiscard]] bool operator==(const Iterator& other) const { return value_.node_ == other.value_.node_; }

  private:
    JsonValue value_;
};

// JSON (RFC 8259) that holds keys. nlohmann-json would copy every string through a std::string that grows and
// is freed unwiped, and its errors repeat the text; here a string stays where it is, or is unescaped into a
// Secret. Nothing recurses, neither reading nor freeing. Bounds: 32 MiB, 64 levels, half a million values.
class JsonDocument {
  public:
    // `text` outlives it. Errors: invalid, with the line and no word of the text (no JSON, cut short, the same
    // name twice in one object, not UTF-8); too_large.
    [[nodiscard]] static Result<JsonDocument> parse(std::string_view text);
    [[nodiscard]] JsonValue root() const { return {this, 1}; }

    JsonDocument(const JsonDocument&) = delete;
    JsonDocument& operator=(const JsonDocument&) = delete;
    JsonDocument(JsonDocument&&) = default;
    JsonDocument& operator=(JsonDocument&&) = default;
    ~JsonDocument() = default;

  private:
    friend class JsonValue;
    friend class JsonParser;
    struct Node {
        JsonValue::Kind kind = JsonValue::Kind::absent;
        std::string_view name;
        std::string_view word;
        std::uint32_t first = 0;  // child; 0: none
        std::uint32_t next = 0;   // sibling; 0: none
    };

    JsonDocument() = default;
    std::vector<Node> nodes_;  // the first one stands for "absent"
    Secret unescaped_;         // allocated once: views of it stay good
};

}  // namespace secondstep::tool
