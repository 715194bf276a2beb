#pragma once

#include <string>
#include <vector>

#include "stacks/pam_stack.h"
#include "stacks/remark.h"

namespace secondstep::tool {

// A change that may be the mend of a fault, and how it is said.
struct Proposal {
    std::vector<Edit> edits;
    std::string words;  // "auth requisite pam_deny.so (/etc/pam.d/x:3)"
};

using Proposals = std::vector<Proposal>;

// Both together; nothing if they are about the same lines.
[[nodiscard]] bool touch_each_other(const Proposal& one, const Proposal& other);
[[nodiscard]] Proposal both(const Proposal& one, const Proposal& other);

// Lines written anew. `at`: the line that a finding is about, whose place need not be said.
class LineChange {
  public:
    LineChange(const StackLine& line, const StackLine& at) : line_(line), at_(at) {}

    [[nodiscard]] Proposal control(const std::string& control) const;
    [[nodiscard]] Proposal text(const std::string& text) const;
    [[nodiscard]] Proposal removal() const;
    [[nodiscard]] Proposal followed_by(const std::string& text) const;
    [[nodiscard]] Proposal preceded_by(const std::string& text) const;

  private:
    [[nodiscard]] Edit edit(Edit::Kind kind, std::vector<std::string> lines) const;
    [[nodiscard]] bool is_there() const;
    [[nodiscard]] std::string place() const;
    const StackLine& line_;
    const StackLine& at_;
};

// "auth required pam_x.so a" with another control, and with another argument at its end.
[[nodiscard]] std::string with_control(const StackLine& line, const std::string& control);

}  // namespace secondstep::tool
