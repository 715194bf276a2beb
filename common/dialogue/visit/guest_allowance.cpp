#include "dialogue/visit/guest_allowance.h"

#include <optional>
#include <utility>

#include "dialogue/conversation/patience.h"
#include "dialogue/texts/messages.h"
#include "dialogue/visit/subject.h"

namespace secondstep::dialogue {
namespace {

using Admission = GuestBudget::Admission;

// Of the account, or of nobody, at the host.
GuestBudget::Asker asker_of(const Visit& visit) {
    const std::string& name = visit.subject.known() ? visit.known_name : visit.request.user;
    return {visit.host_tag(), name, share_of(visit.request, name), !visit.known_source};
}

void warn_of(const Visit& visit, Admission admission) {
    const bool all = admission == Admission::not_judged;
    visit.ports.journal->warn_sparingly(
        (all ? "guests of " : "an account's guests of ") + visit.host_name_there(),
        "host " + visit.host_name_there() + " has sent more wrong codes " +
            (all ? "than it, or an account or a place there, may have judged in a minute"
                 : "for one account than a host may in a day") +
            "; more of them are not judged for now");
}

}  // namespace

GuestAllowance::GuestAllowance(const Visit& visit)
    : visit_(visit),
      now_(visit.ports.steady_now()),
      asker_(asker_of(visit)),
      admitted_(visit.request.guest ? budget().admit_answer(asker_, now_) : GuestBudget::Admitted{}) {
    if (!admits() && !is_busy()) warn_of(visit, admitted_.how);
}

// What a decoy judged was not counted on the account, so nothing of that is given back.
void GuestAllowance::settle(Cost cost) const {
    if (!visit_.request.guest || !is_judged()) return;
    budget().settle_answer(asker_, admitted_.number, now_, admits() ? cost : Cost::failure);
    if (cost == Cost::nothing) visit_.messages_were_wanted();
}

Script<GuestAllowance> allowance_of(Visit& visit) {
    Patience patience;
    for (;;) {
        GuestAllowance allowance(visit);
        if (!allowance.is_busy()) co_return std::move(allowance);
        const std::optional<Wait> wait = patience.wait_for_lock();
        if (!wait || !visit.ports.is_awaited()) co_return std::move(allowance);
        co_await visit.talk.pause(*wait);
    }
}

std::string words_of_refusal(const Visit& visit, std::string usual) {
    if (!visit.request.guest) return usual;
    GuestBudget& budget = visit.ports.memory->guest_budget;
    GuestBudget::Asker asker = asker_of(visit);
    asker.stranger = true;  // the words do not tell who is known
    return budget.has_to_wait(asker, visit.ports.steady_now()) ? messages::host_has_to_wait()
                                                               : std::move(usual);
}

}  // namespace secondstep::dialogue
