#pragma once

#include <string>

#include "dialogue/memory/guest_budget.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// One answer of a guest, out of what their host may cause (guest_budget.h). Whatever judges an answer that may be counted
// on the account has one: verify_answer(), and who asks for a registration code. Of somebody on this machine it is
// nothing.
class GuestAllowance {
  public:
    // Counts as a wrong answer of the host until settle() says otherwise. `visit` outlives it.
    explicit GuestAllowance(const Visit& visit);

    // False: the host has used its budget up for this account. Then the answer costs what every answer costs, and nothing
    // is counted on the account and nothing accepted.
    [[nodiscard]] bool admits() const { return admitted_; }

    // What became of it. What was not counted as wrong does not count against the host.
    struct Outcome {
        bool counted = false;
        bool accepted = false;
    };
    void settle(Outcome outcome) const;

  private:
    // Of the account, or of nobody, at the host.
    [[nodiscard]] const std::string& name() const;
    [[nodiscard]] GuestBudget& budget() const { return visit_.ports.memory->guest_budget; }

    const Visit& visit_;
    const GuestBudget::Time now_;
    const bool stranger_;
    const bool admitted_;
};

}  // namespace secondstep::dialogue
