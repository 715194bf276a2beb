#include "account/verify.h"

#include <algorithm>

#include "account/candidates.h"
#include "account/code_gate.h"
#include "account/known_sources.h"
#include "account/matching_codes.h"
#include "account/recent_failures.h"

namespace secondstep {
namespace {

using Meaning = Candidate::Meaning;

struct Occasion {
    const Source& source;
    UnixTime now;
};

// What every kind of answer to an enrolled account is judged with.
struct Attempt : Occasion {
    const Credential& credential;
    const VerifyLimits& limits;
    const AttemptId& id;
};

// Without a decision yet. A wait that a clock written ahead of its time made too long is stored shortened, so
// that it ends 60 minutes after it was first seen, and not 60 minutes after it was last seen.
VerifyResult undecided(const State& state, const Occasion& occasion) {
    VerifyResult result{.next = state};
    Failures& counter = counter_of(result.next, occasion.source, occasion.now);
    counter.wait_until = end_of_wait(counter, occasion.now);
    forget_old_failures(result.next.recent, occasion.now);
    return result;
}

void record_failure(State& state, const Occasion& occasion) {
    Failures& counter = counter_of(state, occasion.source, occasion.now);
    counter = after_failure(counter, occasion.now);
}

VerifyResult accepted(VerifyResult result, const Attempt& attempt) {
    State& next = result.next;
    counter_of(next, attempt.source, attempt.now) = {};
    remember(next, attempt.source, attempt.now);
    next.last_accepted = attempt.id;
    next.last_success = attempt.now;
    next.last_factor = result.factor;
    result.reason = Reason::right;
    return result;
}

VerifyResult refused(VerifyResult result, Reason reason) {
    result.reason = reason;
    return result;
}

// A code of 50 bits that somebody gave out.
VerifyResult failed(VerifyResult result, Reason reason, const Occasion& occasion) {
    record_failure(result.next, occasion);
    result.counted = true;
    return refused(std::move(result), reason);
}

// Digits: what can be guessed.
VerifyResult guessed(VerifyResult result, Reason reason, const Occasion& occasion) {
    record_recent_failure(result.next, occasion.source, occasion.now);
    return failed(std::move(result), reason, occasion);
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

// Which refusal says that a counter does not let an answer through.
std::optional<Reason> held_back_by(Gate gate) {
    switch (gate) {
        case Gate::waiting:
            return Reason::throttled;
        case Gate::closed:
            return Reason::closed;
        case Gate::open:
            break;
    }
    return std::nullopt;
}

// Digits. Beyond the failures of a day they are not judged either.
std::optional<Reason> held_back(const State& state, const Occasion& occasion) {
    return held_back_by(code_gate(state, occasion.source, occasion.now));
}

// A code that somebody gave out: nobody's guesses at digits take this way out for a day.
std::optional<Reason> grant_held_back(const State& state, const Occasion& occasion) {
    return held_back_by(gate(counter_of(state, occasion.source, occasion.now), occasion.now));
}

RecoveryUse& recovery_use_of(State& state, const RecoverySet& set) {
    if (state.recovery.id != set.id) state.recovery = {.id = set.id};
    return state.recovery;
}

// The end of a restore is not moved by resuming it; one that a clock ahead of its time wrote is no restore.
bool may_resume(const State& state, const RecoverySet& set, std::uint32_t codes, const Attempt& attempt) {
    const Restore& open = state.restore;
    return open.code != 0 && open.code == codes && open.set == set.id && open.source == attempt.source &&
           attempt.now <= open.until && open.until <= attempt.now + restore_time;
}

// What an answer is as a code of `set`: `codes` are the bits that it matches.
struct RecoveryMatch {
    const RecoverySet& set;
    std::uint32_t codes;
    bool for_restore;
    bool resumes;

    static RecoveryMatch of(const State& state, const RecoverySet& set, std::uint32_t codes, bool for_restore,
                            const Attempt& attempt) {
        return {set, codes, for_restore, for_restore && may_resume(state, set, codes, attempt)};
    }
};

// Why codes of the set are good no more; nothing: an unused one is accepted.
std::optional<Reason> void_because(const RecoveryUse& use, const RecoveryMatch& match) {
    if ((match.codes & use.used) != 0 && !match.resumes) return Reason::replayed;
    if (use.closed) return Reason::closed;
    return std::nullopt;
}

VerifyResult struck_off(VerifyResult result, const RecoveryMatch& match, const Attempt& attempt) {
    recovery_use_of(result.next, match.set).used |= match.codes;
    if (match.for_restore && !match.resumes) {
        result.next.restore = {match.set.id, match.codes, attempt.source, attempt.now + restore_time};
    }
    return accepted(std::move(result), attempt);
}

VerifyResult judge_recovery_code(VerifyResult result, const RecoveryMatch& match, const Attempt& attempt) {
    RecoveryUse& use = recovery_use_of(result.next, match.set);
    if (const auto why = void_because(use, match)) return refused(std::move(result), *why);
    use.last_judged = attempt.now;
    // No failure: of 80 bits nothing is guessed in the time that scrypt leaves. It would close the counter of
    // the codes that people need every day, in two minutes where six digits take weeks.
    if (match.codes == 0) return refused(std::move(result), Reason::wrong);
    return struck_off(std::move(result), match, attempt);
}

// Of digits that the counter has let through and that are a scratch code. They are not a guess, whether they
// still are good or not.
VerifyResult judge_scratch_code(VerifyResult result, std::uint32_t codes, bool for_restore,
                                const Attempt& attempt) {
    result.factor = Factor::recovery_code;
    const RecoverySet& set = *attempt.credential.recovery;
    const auto match = RecoveryMatch::of(result.next, set, codes, for_restore, attempt);
    const RecoveryUse& use = recovery_use_of(result.next, set);
    if (const auto why = void_because(use, match)) return refused(std::move(result), *why);
    forget_resynchronisation(result.next);
    return struck_off(std::move(result), match, attempt);
}

// Can digits be a scratch code of this account that is accepted? Then each that is none is a guess.
bool has_open_scratch_codes(const State& state, const Credential& credential) {
    const bool closed =
        credential.recovery && state.recovery.id == credential.recovery->id && state.recovery.closed;
    return has_scratch_codes(credential) && !closed;
}

// Of each device the first step or counter that has the code: with one key under two names the same digits
// would let somebody in twice.
void use_up(State& next, const std::vector<Candidate>& candidates, const Credential& credential) {
    const Authenticator* last = nullptr;
    for (const Candidate& candidate : candidates) {
        const bool counts = candidate.matched && candidate.meaning == Meaning::fresh;
        if (!counts || candidate.authenticator == last) continue;
        last = candidate.authenticator;
        AuthenticatorUse& use = use_of(next, last->id, credential);
        use.used = true;
        use.last = candidate.factor;
    }
}

VerifyResult judge_candidates(VerifyResult result, const std::vector<Candidate>& candidates,
                              std::uint32_t scratch_codes, const Attempt& attempt) {
    if (const Candidate* const right = matched(candidates, Meaning::fresh)) {
        forget_resynchronisation(result.next);
        use_up(result.next, candidates, attempt.credential);
        use_of(result.next, right->authenticator->id, attempt.credential).last_success = attempt.now;
        result.device = right->authenticator->id;
        return accepted(std::move(result), attempt);
    }
    if (matched(candidates, Meaning::spent) != nullptr) return refused(std::move(result), Reason::replayed);
    if (scratch_codes != 0) return judge_scratch_code(std::move(result), scratch_codes, false, attempt);
    forget_resynchronisation(result.next);
    if (const Candidate* const ahead = matched(candidates, Meaning::beyond)) {
        AuthenticatorUse& use = use_of(result.next, ahead->authenticator->id, attempt.credential);
        use.resyncing = true;
        use.resync = ahead->factor;
        return guessed(std::move(result), Reason::resynchronising, attempt);
    }
    return guessed(std::move(result), Reason::wrong, attempt);
}

// One for each kind of answer: another kind does not compile before somebody has written down how it is
// judged.
Result<VerifyResult> judge_answer(const OtpAnswer& answer, const State& state, const Attempt& attempt) {
    VerifyResult result = undecided(state, attempt);
    // Before anything is known to refuse: a throttled answer takes as long as any other.
    const auto candidates =
        compared_candidates(attempt.credential, state, answer.digits, attempt.limits, attempt.now);
    if (!candidates) return std::unexpected(candidates.error());
    const auto scratch_codes = matching_scratch_codes(attempt.credential, answer.digits);
    if (!scratch_codes) return std::unexpected(scratch_codes.error());
    if (const auto held = held_back(result.next, attempt)) {
        return refused(std::move(result), *held);
    }
    if (candidates->empty() && !has_open_scratch_codes(state, attempt.credential)) {
        const bool none = attempt.credential.authenticators.empty();
        return refused(std::move(result), none ? Reason::no_method : Reason::closed);
    }
    return judge_candidates(std::move(result), *candidates, *scratch_codes, attempt);
}

// Where only a scratch code is asked for. Judged and written also for who has none: that does not show.
Result<VerifyResult> judge_answer(const ScratchAnswer& answer, const State& state, const Attempt& attempt) {
    VerifyResult result = undecided(state, attempt);
    result.factor = Factor::recovery_code;
    const auto codes = matching_scratch_codes(attempt.credential, answer.digits);
    if (!codes) return std::unexpected(codes.error());
    if (const auto held = held_back(result.next, attempt)) return refused(std::move(result), *held);
    if (*codes != 0) return judge_scratch_code(std::move(result), *codes, answer.for_restore, attempt);
    if (!has_open_scratch_codes(state, attempt.credential)) {
        const bool none = !has_scratch_codes(attempt.credential);
        return refused(std::move(result), none ? Reason::no_method : Reason::closed);
    }
    forget_resynchronisation(result.next);
    return guessed(std::move(result), Reason::wrong, attempt);
}

Result<VerifyResult> judge_answer(const RecoveryAnswer& answer, const State& state, const Attempt& attempt) {
    VerifyResult result = undecided(state, attempt);
    result.factor = Factor::recovery_code;
    const auto& set = attempt.credential.recovery;
    // Scratch codes are never judged here, where nothing is throttled.
    if (!set || has_scratch_codes(attempt.credential)) return refused(std::move(result), Reason::no_method);
    if (answer.set != set->id) return refused(std::move(result), Reason::stale);
    const std::uint32_t codes = matching_codes(*set, answer.form, answer.digest);
    const auto match = RecoveryMatch::of(state, *set, codes, answer.for_restore, attempt);
    return judge_recovery_code(std::move(result), match, attempt);
}

// Compared also when nothing was given out: the digest in an empty grant is no code's.
Reason meaning_of(const OneTimeGrant& grant, const Digest& digest, UnixTime now) {
    const bool equal = equal_in_constant_time(grant.digest, digest);
    if (!grant.given || !equal) return Reason::wrong;
    return now <= grant.until ? Reason::right : Reason::expired;
}

Result<VerifyResult> judge_answer(const TemporaryAnswer& answer, const State& state, const Attempt& attempt) {
    VerifyResult result = undecided(state, attempt);
    result.factor = Factor::temporary_code;
    const Reason meaning = meaning_of(state.temporary, answer.digest, attempt.now);
    if (const auto held = grant_held_back(result.next, attempt)) {
        return refused(std::move(result), *held);
    }
    if (meaning != Reason::right) return failed(std::move(result), meaning, attempt);
    result.next.temporary = {};
    return accepted(std::move(result), attempt);
}

// An end that lies further away than any sent code lives was written by a clock that ran ahead.
bool is_over(const SentCode& sent, UnixTime now) {
    return now > sent.until || sent.until > now + longest_sent_code_life;
}

Result<VerifyResult> judge_answer(const SentAnswer& answer, const State& state, const Attempt& attempt) {
    VerifyResult result = undecided(state, attempt);
    const auto scratch_codes = matching_scratch_codes(attempt.credential, answer.digits);
    if (!scratch_codes) return std::unexpected(scratch_codes.error());
    const SentCode& was = state.sent;
    // Both, whatever the first one says.
    const bool equal = equal_in_constant_time(was.digest, answer.digest);
    const bool bound = equal_in_constant_time(was.binding, answer.binding);
    if (const auto held = held_back(result.next, attempt)) return refused(std::move(result), *held);
    const bool right = was.given && equal && bound;
    if (right && was.used) return refused(std::move(result), Reason::replayed);
    SentCode& sent = result.next.sent;
    if (!right || was.wrong >= max_wrong_answers) {
        if (*scratch_codes != 0) return judge_scratch_code(std::move(result), *scratch_codes, false, attempt);
        // An answer from elsewhere does not void it: it cannot be meant for it.
        if (was.given && bound && sent.wrong < max_wrong_answers) ++sent.wrong;
        return guessed(std::move(result), Reason::wrong, attempt);
    }
    if (is_over(was, attempt.now)) return guessed(std::move(result), Reason::expired, attempt);
    sent.used = true;
    return accepted(std::move(result), attempt);
}

}  // namespace

std::string_view to_text(Reason reason) {
    switch (reason) {
        case Reason::right:
            return "right";
        case Reason::wrong:
            return "wrong";
        case Reason::replayed:
            return "reused";
        case Reason::throttled:
            return "throttled";
        case Reason::closed:
            return "closed";
        case Reason::resynchronising:
            return "resynchronising";
        case Reason::stale:
            return "stale";
        case Reason::no_method:
            return "no method";
        case Reason::expired:
            return "expired";
    }
    return "unknown";
}

Result<VerifyResult> verify(const Credential& credential, const State& state, const Source& source,
                            const Answer& answer, const VerifyLimits& limits, const AttemptId& attempt,
                            UnixTime now) {
    const Attempt this_one{{source, now}, credential, limits, attempt};
    return std::visit([&](const auto& typed) { return judge_answer(typed, state, this_one); }, answer);
}

VerifyResult verify_registration(const State& state, const Source& source, const Digest& digest,
                                 UnixTime now) {
    const Occasion occasion{source, now};
    VerifyResult result = undecided(state, occasion);
    result.factor = Factor::registration_code;
    const Reason meaning = meaning_of(state.registration, digest, now);
    if (const auto held = grant_held_back(result.next, occasion)) return refused(std::move(result), *held);
    if (meaning != Reason::right) return failed(std::move(result), meaning, occasion);
    result.reason = Reason::right;
    return result;
}

const Failures& failures_of(const State& state, const Source& source, UnixTime now) {
    return counter_of(state, source, now);
}

}  // namespace secondstep
