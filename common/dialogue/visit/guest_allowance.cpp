#include "dialogue/visit/guest_allowance.h"

namespace secondstep::dialogue {
namespace {

void judge_by_decoy(const Visit& visit, Verification::Circumstances& circumstances) {
    circumstances.record = visit.decoy;
    circumstances.never_accepted = true;
    circumstances.name.clear();
    visit.ports.journal->warn_sparingly(
        "guests of " + visit.host_name_there(),
        "host " + visit.host_name_there() +
            " has sent more wrong codes than a host may; its answers are not judged for now");
}

}  // namespace

GuestAllowance::GuestAllowance(const Visit& visit, Verification::Circumstances& circumstances)
    : visit_(visit),
      now_(visit.ports.steady_now()),
      stranger_(!visit.known_source),
      judged_(!visit.request.guest || budget().admit_answer(visit.host_tag(), name(), stranger_, now_)) {
    if (!judged_) judge_by_decoy(visit, circumstances);
}

const std::string& GuestAllowance::name() const {
    return visit_.subject.known() ? visit_.known_name : visit_.request.user;
}

void GuestAllowance::settle(const VerificationOutcome& verified) const {
    if (!visit_.request.guest) return;
    if (judged_ && !verified.counted) budget().take_back_answer(visit_.host_tag(), name(), stranger_, now_);
    if (verified.verdict == Verdict::accepted) budget().messages_were_wanted(visit_.host_tag(), name());
}

}  // namespace secondstep::dialogue
