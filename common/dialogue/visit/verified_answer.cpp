#include "dialogue/visit/verified_answer.h"

#include <utility>

#include "dialogue/conversation/answer_times.h"
#include "dialogue/conversation/guest.h"
#include "dialogue/visit/guest_allowance.h"
#include "dialogue/visit/standing_host.h"

namespace secondstep::dialogue {
namespace {

void judge_by_decoy(const Visit& visit, Verification::Circumstances& circumstances) {
    circumstances.record = visit.decoy;
    circumstances.never_accepted = true;
    circumstances.name.clear();
}

// What is written of it: the decoy's reasons, and its recovery codes, are nobody's.
void call_it_not_judged(VerificationOutcome& verified) {
    verified.reason = "not judged: too many wrong codes of its host for this account";
    verified.factor = Factor::authenticator;
    verified.recovery_codes_left.reset();
    verified.closed_now = false;
}

// A code that opens a restore may open it again for a while. Whoever hangs up when the digest is computed has had it, and
// does not get it for nothing.
GuestBudget::Cost cost_of(const VerificationOutcome& verified, bool for_restore) {
    using Cost = GuestBudget::Cost;
    if (verified.verdict == Verdict::unavailable)
        return verified.took_a_digest ? Cost::work : Cost::no_verdict;
    if (verified.counted) return Cost::failure;
    if (verified.verdict != Verdict::accepted || for_restore) return Cost::work;
    return verified.write && !verified.was_written_before ? Cost::nothing : Cost::repetition;
}

}  // namespace

Script<VerificationOutcome> verify_answer(Visit& visit, Verification::Circumstances circumstances,
                                          Verification::Code code) {
    if (visit.request.guest) circumstances.until = visit.ports.steady_now() + answer_times::of_a_node;
    const GuestAllowance allowance = co_await allowance_of(visit);
    if (allowance.is_busy())
        co_return VerificationOutcome{.verdict = Verdict::unavailable,
                                      .reason = "too many answers of its host are judged at once"};
    if (!allowance.is_judged())
        co_return VerificationOutcome{.verdict = Verdict::refused,
                                      .reason = "not judged: too many wrong codes of its host"};
    const Result<void> looked = co_await look_at_host(visit);
    if (!looked) {
        allowance.settle(GuestBudget::Cost::no_verdict);
        co_return VerificationOutcome{.verdict = Verdict::unavailable, .reason = looked.error().detail};
    }
    if (!allowance.admits()) judge_by_decoy(visit, circumstances);
    const bool for_restore = circumstances.for_restore;
    Verification verification(visit.talk, visit.ports, std::move(circumstances), std::move(code));
    VerificationOutcome verified = co_await verification.run();
    allowance.settle(cost_of(verified, for_restore));
    if (!allowance.admits() && verified.verdict == Verdict::refused) call_it_not_judged(verified);
    if (verified.write) visit.write = *verified.write;
    co_return std::move(verified);
}

}  // namespace secondstep::dialogue
