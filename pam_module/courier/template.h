#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/secret.h"

namespace secondstep::courier {

// What may stand in braces in a template of the site: "{code} is your code for {host}".
enum class Placeholder : std::uint8_t {
    code,
    user,
    host,
    service,
    minutes,
    contact,
    notice,
    to,
    text,
    from,
    login_user,
    login_password,
};
[[nodiscard]] std::string_view to_text(Placeholder placeholder);  // "code", "login_user" ...

// Where a value is put decides how it is written, so that it stays a value: a user named `a&to=+1...` is no
// second parameter.
enum class Escape : std::uint8_t {
    none,
    percent,  // RFC 3986 section 2.1, everything but unreserved characters: for URLs and form bodies
    json,     // RFC 8259 section 7: inside a string
};

// A value for each placeholder; views, so that a code is not copied about.
class Values {
  public:
    void set(Placeholder placeholder, std::string_view value) { at(placeholder) = value; }
    [[nodiscard]] std::string_view get(Placeholder placeholder) const {
        return values_[static_cast<std::size_t>(placeholder)];
    }

  private:
    std::string_view& at(Placeholder placeholder) { return values_[static_cast<std::size_t>(placeholder)]; }
    std::array<std::string_view, static_cast<std::size_t>(Placeholder::login_password) + 1> values_;
};

// A text with placeholders, taken apart. A brace that no name and closing brace follow stands for itself:
// {"to":"{to}"} has one placeholder.
class Template {
  public:
    Template() = default;
    // Errors: invalid, when a placeholder is not among the `allowed` ones; the sentence lists them.
    [[nodiscard]] static Result<Template> create(std::string_view text, std::span<const Placeholder> allowed);

    [[nodiscard]] Secret render(const Values& values, Escape escape) const;
    [[nodiscard]] bool uses(Placeholder placeholder) const;
    [[nodiscard]] bool empty() const { return pieces_.empty(); }
    // What stands before the first placeholder.
    [[nodiscard]] std::string_view beginning() const;

  private:
    struct Piece {
        std::string literal;
        bool has_placeholder = false;
        Placeholder placeholder = Placeholder::code;  // behind the literal
    };
    std::vector<Piece> pieces_;
};

void append_escaped(Secret& out, std::string_view value, Escape escape);

}  // namespace secondstep::courier
