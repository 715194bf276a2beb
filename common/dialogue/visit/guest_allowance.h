#pragma once

#include <string>

#include "dialogue/memory/guest_budget.h"
#include "dialogue/visit/verification.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// One answer of a guest, out of what their host may cause (guest_budget.h). Of somebody on this machine it is nothing.
class GuestAllowance {
  public:
    // A host that has used its budget up for this account is answered as always, by a decoy, which `circumstances` then
    // names: nothing is counted on the account, and nothing accepted. `visit` outlives it.
    GuestAllowance(const Visit& visit, Verification::Circumstances& circumstances);

    // What was not counted as wrong does not count against the host.
    void settle(const VerificationOutcome& verified) const;

  private:
    // Of the account, or of nobody, at the host.
    [[nodiscard]] const std::string& name() const;
    [[nodiscard]] GuestBudget& budget() const { return visit_.ports.memory->guest_budget; }

    const Visit& visit_;
    const GuestBudget::Time now_;
    const bool stranger_;
    const bool judged_;
};

}  // namespace secondstep::dialogue
