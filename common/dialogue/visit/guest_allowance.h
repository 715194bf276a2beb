#pragma once

#include <string>

#include "dialogue/conversation/script.h"
#include "dialogue/memory/guest_budget.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// One answer of a guest, out of what their host may cause (guest_budget.h). Whatever judges an answer has one:
// verify_answer(), and who asks for a registration code. Of somebody on this machine it is nothing.
class GuestAllowance {
  public:
    using Cost = GuestBudget::Cost;

    // Counts as a wrong answer of the host until settle() says otherwise. `visit` outlives it.
    explicit GuestAllowance(const Visit& visit);

    // False: they have to wait, and nothing is computed, read or written for this answer.
    [[nodiscard]] bool is_judged() const { return admitted_.how != Admission::not_judged && !is_busy(); }
    // Nobody has done anything wrong yet: what is being judged for their host is all that may be at once (allowance_of() has
    // waited for it).
    [[nodiscard]] bool is_busy() const { return admitted_.how == Admission::busy; }
    // False: the host has used its budget up for this account. Then the answer costs what every answer costs, and nothing
    // is counted on the account and nothing accepted.
    [[nodiscard]] bool admits() const { return admitted_.how == Admission::judged; }

    // What became of it, if it was judged.
    void settle(Cost cost) const;

  private:
    using Admission = GuestBudget::Admission;
    [[nodiscard]] GuestBudget& budget() const { return visit_.ports.memory->guest_budget; }

    const Visit& visit_;
    const GuestBudget::Time now_;
    const GuestBudget::Asker asker_;
    const GuestBudget::Admitted admitted_;
};

// Of an answer that was just given. Waits while it depends on others that are being judged, three seconds at most: they end
// by themselves, and it is judged by what became of them.
[[nodiscard]] Script<GuestAllowance> allowance_of(Visit& visit);

// What somebody is told of a refusal: `usual`, unless they have to wait. The same then whatever was refused and why,
// whether it was a code or not and whoever has the name, and whether the place is one that the account knows: that shows in the
// time alone, and is the price of judging owners at home while strangers wait.
[[nodiscard]] std::string words_of_refusal(const Visit& visit, std::string usual);

}  // namespace secondstep::dialogue
