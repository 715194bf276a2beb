#include "dialogue/visit/guest_allowance.h"

#include <utility>

#include "dialogue/texts/messages.h"

namespace secondstep::dialogue {
namespace {

using Admission = GuestBudget::Admission;

void warn_of(const Visit& visit, Admission admission) {
    const bool all = admission == Admission::not_judged;
    visit.ports.journal->warn_sparingly(
        (all ? "guests of " : "an account's guests of ") + visit.host_name_there(),
        "host " + visit.host_name_there() + " has sent more wrong codes " + (all ? "" : "for one account ") +
            "than a host may; " + (all ? "its answers" : "those for that account") +
            " are not judged for now");
}

}  // namespace

GuestAllowance::GuestAllowance(const Visit& visit)
    : visit_(visit),
      now_(visit.ports.steady_now()),
      stranger_(!visit.known_source),
      admission_(visit.request.guest ? budget().admit_answer(visit.host_tag(), name(), stranger_, now_)
                                     : Admission::judged) {
    if (!admits()) warn_of(visit, admission_);
}

const std::string& GuestAllowance::name() const {
    return visit_.subject.known() ? visit_.known_name : visit_.request.user;
}

void GuestAllowance::settle(Cost cost) const {
    if (!visit_.request.guest) return;
    if (admits()) budget().settle_answer(visit_.host_tag(), name(), stranger_, now_, cost);
    if (cost == Cost::nothing) visit_.messages_were_wanted();
}

std::string words_of_refusal(const Visit& visit, std::string usual) {
    if (!visit.request.guest) return usual;
    GuestBudget& budget = visit.ports.memory->guest_budget;
    return budget.has_to_wait(visit.host_tag(), visit.ports.steady_now()) ? messages::host_has_to_wait()
                                                                          : std::move(usual);
}

}  // namespace secondstep::dialogue
