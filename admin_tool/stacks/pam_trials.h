#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "stacks/pam_stack.h"
#include "stacks/pam_walk.h"

namespace secondstep::tool {

// What a module is to the second step.
enum class Role : std::uint8_t {
    second_step,  // pam_secondstep
    password,     // judges the first factor
    yes,          // in practice always returns success
    no,           // always fails
    condition,    // anything else: may say yes or no, for reasons only the administrator knows
};
[[nodiscard]] Role role_of(const StackLine& line);

// The ways through the lines of one facility: every module that is not sure returns each thing it may.
class Trials {
  public:
    enum class Password : std::uint8_t {
        right,    // at least one password module that was called said yes, where the stack has any
        wrong,    // at least one that was called said no, and none said yes
        unasked,  // none was called, though the stack has some
        any,      // called or not: in the account part they judge something else
    };
    using Outcomes = std::vector<PamCode>;

    Trials(std::vector<StackLine> lines, Password password);

    // The walk in which every pam_secondstep returns `second_step`.
    [[nodiscard]] Walk walked(Outcomes outcomes, PamCode second_step) const;

    // Whether `holds` for some way, or for every way there is, with the password as given. `holds` gets what
    // the modules return, and the walk.
    using Question = std::function<bool(const Outcomes&, const Walk&)>;
    [[nodiscard]] bool some(PamCode second_step, const Question& holds) const;

    [[nodiscard]] const std::vector<StackLine>& lines() const { return lines_; }

  private:
    [[nodiscard]] std::vector<PamCode> choices_of(const StackLine& line) const;
    [[nodiscard]] bool fits(const Outcomes& outcomes, const Walk& walk) const;
    std::vector<StackLine> lines_;
    Password password_;
    std::vector<std::vector<PamCode>> choices_;
    bool has_password_ = false;
};

}  // namespace secondstep::tool
