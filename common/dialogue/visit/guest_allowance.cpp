#include "dialogue/visit/guest_allowance.h"

namespace secondstep::dialogue {

GuestAllowance::GuestAllowance(const Visit& visit)
    : visit_(visit),
      now_(visit.ports.steady_now()),
      stranger_(!visit.known_source),
      admitted_(!visit.request.guest || budget().admit_answer(visit.host_tag(), name(), stranger_, now_)) {
    if (admitted_) return;
    visit.ports.journal->warn_sparingly(
        "guests of " + visit.host_name_there(),
        "host " + visit.host_name_there() +
            " has sent more wrong codes than a host may; its answers are not judged for now");
}

const std::string& GuestAllowance::name() const {
    return visit_.subject.known() ? visit_.known_name : visit_.request.user;
}

void GuestAllowance::settle(Outcome outcome) const {
    if (!visit_.request.guest) return;
    if (admitted_ && !outcome.counted) budget().take_back_answer(visit_.host_tag(), name(), stranger_, now_);
    if (outcome.accepted) visit_.messages_were_wanted();
}

}  // namespace secondstep::dialogue
