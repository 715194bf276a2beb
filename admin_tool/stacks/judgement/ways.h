#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "stacks/pam_stack.h"
#include "stacks/pam_walk.h"

namespace secondstep::tool {

// What is known of a login: for each line the answer of its module, or nothing. Lines that ask the same (the same
// first factor twice, the same condition with the same arguments) share theirs.
using Answers = std::vector<std::optional<PamCode>>;

// One way through the lines of one part.
struct Way {
    Answers answers;  // of what was called, and of what had been given
    Walk walk;
    bool in = false;  // auth: success; account: that, or a new password is due

    [[nodiscard]] bool said(std::size_t line, PamCode code) const { return answers[line] == code; }
};

// All ways through the lines of one part in which every pam_secondstep answers alike. Answers that a line treats
// alike are tried once; a module that is not called is not asked, so there are few.
class Ways {
  public:
    explicit Ways(std::vector<StackLine> lines);

    // Whether `holds` for some way that agrees with `given`. It is called for every way until it says yes.
    using Question = std::function<bool(const Way&)>;
    [[nodiscard]] bool some(PamCode second_step, const Answers& given, const Question& holds) const;
    [[nodiscard]] bool some(PamCode second_step, const Question& holds) const;
    void each(PamCode second_step, const std::function<void(const Way&)>& visit) const;

    // What the module of this line may answer, one of each kind that makes a difference.
    [[nodiscard]] const std::vector<PamCode>& choices(std::size_t line) const {
        return choices_[first_[line]];
    }
    // `answers`, where this line's module answers so, and those that share it.
    [[nodiscard]] Answers with(Answers answers, std::size_t line, PamCode code) const;
    [[nodiscard]] Answers nothing_given() const { return Answers(lines_.size()); }
    [[nodiscard]] bool share(std::size_t one, std::size_t other) const {
        return first_[one] == first_[other];
    }

    [[nodiscard]] const std::vector<StackLine>& lines() const { return lines_; }
    [[nodiscard]] bool is_second_step(std::size_t line) const { return second_step_[line]; }
    // A part with so many conditions that some ways were left out.
    [[nodiscard]] bool were_too_many() const { return too_many_; }

  private:
    struct Decision {
        std::size_t line;  // the first of those that share it
        std::size_t choice;
    };
    [[nodiscard]] Way way_by(PamCode second_step, const Answers& given,
                             const std::vector<Decision>& decisions) const;
    void add_decisions(const Way& way, const Answers& given, std::vector<Decision>& decisions) const;
    [[nodiscard]] bool advance(std::vector<Decision>& decisions) const;

    std::vector<StackLine> lines_;
    std::vector<std::size_t> first_;  // of each line the first that shares its answer
    std::vector<std::vector<PamCode>> choices_;
    std::vector<bool> second_step_;
    mutable bool too_many_ = false;
};

}  // namespace secondstep::tool
