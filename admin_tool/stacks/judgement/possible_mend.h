#pragma once

#include <string>
#include <vector>

#include "stacks/pam_stack.h"
#include "stacks/remark.h"

namespace secondstep::tool {

// A change that may be the mend of a fault, and how it is said.
struct PossibleMend {
    std::vector<Edit> edits;
    std::string words;  // "auth requisite pam_deny.so (/etc/pam.d/x:3)"
};

using PossibleMends = std::vector<PossibleMend>;

// Both together; nothing if they are about the same lines.
[[nodiscard]] bool touch_each_other(const PossibleMend& one, const PossibleMend& other);
[[nodiscard]] PossibleMend both(const PossibleMend& one, const PossibleMend& other);

// Lines written anew. `at`: the line that a finding is about, whose place need not be said.
class LineChange {
  public:
    LineChange(const StackLine& line, const StackLine& at) : line_(line), at_(at) {}

    [[nodiscard]] PossibleMend control(const std::string& control) const;
    [[nodiscard]] PossibleMend text(const std::string& text) const;
    [[nodiscard]] PossibleMend removal() const;
    [[nodiscard]] PossibleMend followed_by(const std::string& text) const;
    [[nodiscard]] PossibleMend preceded_by(const std::string& text) const;

  private:
    [[nodiscard]] Edit edit(Edit::Kind kind, std::vector<std::string> lines) const;
    [[nodiscard]] bool is_there() const;
    [[nodiscard]] std::string place() const;
    const StackLine& line_;
    const StackLine& at_;
};

// "[success=ok default=die]" of a line, as it is written; and the line with another one.
[[nodiscard]] std::string control_of(const StackLine& line);
[[nodiscard]] std::string with_control(const StackLine& line, const std::string& control);

}  // namespace secondstep::tool
