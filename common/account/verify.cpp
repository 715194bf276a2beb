#include "account/verify.h"

#include <algorithm>

#include "account/candidates.h"
#include "account/known_sources.h"

namespace secondstep {
namespace {

using Meaning = Candidate::Meaning;

// What every kind of answer is judged with.
struct Attempt {
    const Credential& credential;
    const Source& source;
    const VerifyLimits& limits;
    const AttemptId& id;
    UnixTime now;
};

// Without a decision yet. A wait that a clock written ahead of its time made too long is stored shortened, so
// that it ends 60 minutes after it was first seen, and not 60 minutes after it was last seen.
Judgement undecided(const State& state, const Attempt& attempt) {
    Judgement judgement{.next = state};
    Failures& counter = counter_of(judgement.next, attempt.source, attempt.now);
    counter.wait_until = end_of_wait(counter, attempt.now);
    return judgement;
}

void record_failure(State& state, const Attempt& attempt) {
    Failures& counter = counter_of(state, attempt.source, attempt.now);
    counter = after_failure(counter, attempt.now);
}

Judgement accepted(Judgement judgement, const Attempt& attempt) {
    State& next = judgement.next;
    counter_of(next, attempt.source, attempt.now) = {};
    remember(next, attempt.source, attempt.now);
    next.last_accepted = attempt.id;
    next.last_success = attempt.now;
    judgement.accepted = true;
    judgement.reason = Reason::right;
    return judgement;
}

Judgement refused(Judgement judgement, Reason reason) {
    judgement.reason = reason;
    return judgement;
}

Judgement failed(Judgement judgement, Reason reason, const Attempt& attempt) {
    record_failure(judgement.next, attempt);
    return refused(std::move(judgement), reason);
}

const Candidate* matched(const std::vector<Candidate>& candidates, Meaning meaning) {
    const auto found = std::ranges::find_if(
        candidates, [&](const Candidate& c) { return c.matched && c.meaning == meaning; });
    return found == candidates.end() ? nullptr : &*found;
}

// "Two consecutive codes" (RFC 4226 section 7.4): whatever else was judged in between begins anew.
void forget_resynchronisation(State& state) {
    for (AuthenticatorUse& use : state.uses) {
        use.resyncing = false;
        use.resync = 0;
    }
}

Judgement judge_candidates(Judgement judgement, const std::vector<Candidate>& candidates,
                           const Attempt& attempt) {
    if (const Candidate* const right = matched(candidates, Meaning::fresh)) {
        forget_resynchronisation(judgement.next);
        AuthenticatorUse& use = use_of(judgement.next, right->authenticator->id, attempt.credential);
        use.used = true;
        use.last = right->factor;
        use.last_success = attempt.now;
        return accepted(std::move(judgement), attempt);
    }
    if (matched(candidates, Meaning::spent) != nullptr) return refused(std::move(judgement), Reason::reused);
    forget_resynchronisation(judgement.next);
    if (const Candidate* const ahead = matched(candidates, Meaning::beyond)) {
        AuthenticatorUse& use = use_of(judgement.next, ahead->authenticator->id, attempt.credential);
        use.resyncing = true;
        use.resync = ahead->factor;
        return failed(std::move(judgement), Reason::resynchronising, attempt);
    }
    return failed(std::move(judgement), Reason::wrong, attempt);
}

Result<Judgement> judge_otp(const State& state, const OtpAnswer& answer, const Attempt& attempt) {
    Judgement judgement = undecided(state, attempt);
    // Before anything is known to refuse: a throttled answer takes as long as any other.
    const auto candidates =
        compared_candidates(attempt.credential, state, answer.digits, attempt.limits, attempt.now);
    if (!candidates) return std::unexpected(candidates.error());
    switch (gate(counter_of(judgement.next, attempt.source, attempt.now), attempt.now)) {
        case Gate::waiting:
            return refused(std::move(judgement), Reason::throttled);
        case Gate::closed:
            return refused(std::move(judgement), Reason::closed);
        case Gate::open:
            break;
    }
    if (candidates->empty()) {
        const bool none = attempt.credential.authenticators.empty();
        return refused(std::move(judgement), none ? Reason::no_method : Reason::closed);
    }
    return judge_candidates(std::move(judgement), *candidates, attempt);
}

// Which codes of the set `answer` is, as the bits of RecoveryUse::used; all are compared, also after a match.
std::uint32_t matching_codes(const RecoverySet& set, const RecoveryAnswer& answer) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < set.digests.size(); ++i) {
        bits |= std::uint32_t{equal_in_constant_time(set.digests[i], answer.digest)} << i;
    }
    return answer.form == set.form ? bits : 0;
}

RecoveryUse& recovery_use_of(State& state, const RecoverySet& set) {
    if (state.recovery.id != set.id) state.recovery = {.id = set.id};
    return state.recovery;
}

Judgement judge_recovery_code(Judgement judgement, const RecoverySet& set, const RecoveryAnswer& answer,
                              const Attempt& attempt) {
    const std::uint32_t codes = matching_codes(set, answer);
    RecoveryUse& use = recovery_use_of(judgement.next, set);
    if ((codes & use.used) != 0) return refused(std::move(judgement), Reason::reused);
    if (use.closed) return refused(std::move(judgement), Reason::closed);
    // Only the very same second: after a clock that ran ahead was set back, nobody waits for that time to
    // come.
    if (use.last_judged == attempt.now) return refused(std::move(judgement), Reason::too_fast);
    use.last_judged = attempt.now;
    if (codes == 0) return failed(std::move(judgement), Reason::wrong, attempt);
    use.used |= codes;
    return accepted(std::move(judgement), attempt);
}

Result<Judgement> judge_recovery(const State& state, const RecoveryAnswer& answer, const Attempt& attempt) {
    Judgement judgement = undecided(state, attempt);
    judgement.by_recovery_code = true;
    const auto& set = attempt.credential.recovery;
    if (!set) return refused(std::move(judgement), Reason::no_method);
    if (answer.set != set->id) return refused(std::move(judgement), Reason::stale);
    return judge_recovery_code(std::move(judgement), *set, answer, attempt);
}

}  // namespace

std::string_view to_text(Reason reason) {
    switch (reason) {
        case Reason::right:
            return "right";
        case Reason::wrong:
            return "wrong";
        case Reason::reused:
            return "reused";
        case Reason::throttled:
            return "throttled";
        case Reason::closed:
            return "closed";
        case Reason::resynchronising:
            return "resynchronising";
        case Reason::too_fast:
            return "too fast";
        case Reason::stale:
            return "stale";
        case Reason::no_method:
            return "no method";
    }
    return "unknown";
}

Result<Judgement> judge(const Credential& credential, const State& state, const Source& source,
                        const Answer& answer, const VerifyLimits& limits, const AttemptId& attempt,
                        UnixTime now) {
    const Attempt this_one{credential, source, limits, attempt, now};
    if (const auto* const otp = std::get_if<OtpAnswer>(&answer)) return judge_otp(state, *otp, this_one);
    return judge_recovery(state, std::get<RecoveryAnswer>(answer), this_one);
}

const Failures& failures_of(const State& state, const Source& source, UnixTime now) {
    return counter_of(state, source, now);
}

}  // namespace secondstep
