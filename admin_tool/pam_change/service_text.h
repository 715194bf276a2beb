#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stacks/pam_stack.h"

namespace secondstep::tool {

// Lines [first, first + removed) of a text are taken out, and `added` stands there instead; lines count from 0.
struct TextChange {
    std::size_t first = 0;
    std::size_t removed = 0;
    std::vector<std::string> added;
};

// One statement of a PAM file, as its words stand there.
struct Statement {
    enum class Kind { module, include, substack, at_include };
    Kind kind = Kind::module;
    std::optional<Facility> facility;  // nothing: @include, which brings whatever the file has
    std::string control;               // "required", "[success=1 default=ignore]"
    std::string target;                // the module, or the file
    std::size_t first = 0;             // lines from 0; `last` belongs to it, where it is continued
    std::size_t last = 0;
};

// The text of one file in a PAM directory, in lines. What is changed keeps every byte of all other lines.
class ServiceText {
  public:
    explicit ServiceText(std::string_view text);

    [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
    [[nodiscard]] const std::vector<Statement>& statements() const { return statements_; }
    // Changes that do not touch each other, in any order.
    [[nodiscard]] std::string with(std::vector<TextChange> changes) const;

  private:
    void take_statement(std::string_view text, std::size_t first, std::size_t last);
    std::vector<std::string> lines_;
    bool ends_with_newline_ = true;
    std::vector<Statement> statements_;
};

// Names this module, whatever its path: "/lib/security/pam_secondstep.so".
[[nodiscard]] bool is_second_step(const Statement& statement);

}  // namespace secondstep::tool
