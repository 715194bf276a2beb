#pragma once

#include <cstddef>
#include <vector>

#include "stacks/judgement/ways.h"

namespace secondstep::tool {

// Which lines of an auth part a person proves themselves by, whatever the modules are called: those whose yes some way
// in needs. A switch, whose yes and no both let people in (pam_access before the code), is none; nor is a module that
// asks nobody.
class FirstFactors {
  public:
    explicit FirstFactors(const Ways& ways);

    [[nodiscard]] bool is(std::size_t line) const { return is_[line]; }
    [[nodiscard]] bool any() const;
    // A first factor that is called in this way and said yes; that said no.
    [[nodiscard]] bool has_yes(const Way& way) const;
    // The first line that said no before the first line of pam_secondstep; nothing if none was called, or none said no.
    [[nodiscard]] std::optional<std::size_t> no_before_code(const Way& way) const;
    [[nodiscard]] bool yes_before_code(const Way& way) const;
    [[nodiscard]] bool called_before_code(const Way& way) const;

  private:
    [[nodiscard]] bool is_needed(std::size_t line, const Way& way, PamCode second_step) const;
    [[nodiscard]] bool lets_in_all_the_same(PamCode second_step, const Answers& given,
                                            PamCode condition) const;
    const Ways& ways_;
    std::vector<bool> is_;
};

}  // namespace secondstep::tool
