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
Judgement undecided(const State& state, const Occasion& occasion) {
    Judgement judgement{.next = state};
    Failures& counter = counter_of(judgement.next, occasion.source, occasion.now);
    counter.wait_until = end_of_wait(counter, occasion.now);
    forget_old_failures(judgement.next.recent, occasion.now);
    return judgement;
}

void record_failure(State& state, const Occasion& occasion) {
    Failures& counter = counter_of(state, occasion.source, occasion.now);
    counter = after_failure(counter, occasion.now);
}

Judgement accepted(Judgement judgement, const Attempt& attempt) {
    State& next = judgement.next;
    counter_of(next, attempt.source, attempt.now) = {};
    remember(next, attempt.source, attempt.now);
    next.last_accepted = attempt.id;
    next.last_success = attempt.now;
    next.last_means = judgement.means;
    judgement.reason = Reason::right;
    return judgement;
}

Judgement refused(Judgement judgement, Reason reason) {
    judgement.reason = reason;
    return judgement;
}

// A code of 50 bits that somebody gave out.
Judgement failed(Judgement judgement, Reason reason, const Occasion& occasion) {
    record_failure(judgement.next, occasion);
    judgement.counted = true;
    return refused(std::move(judgement), reason);
}

// Digits: what can be guessed.
Judgement guessed(Judgement judgement, Reason reason, const Occasion& occasion) {
    record_recent_failure(judgement.next, occasion.source, occasion.now);
    return failed(std::move(judgement), reason, occasion);
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
    if ((match.codes & use.used) != 0 && !match.resumes) return Reason::reused;
    if (use.closed) return Reason::closed;
    return std::nullopt;
}

Judgement struck_off(Judgement judgement, const RecoveryMatch& match, const Attempt& attempt) {
    recovery_use_of(judgement.next, match.set).used |= match.codes;
    if (match.for_restore && !match.resumes) {
        judgement.next.restore = {match.set.id, match.codes, attempt.source, attempt.now + restore_time};
    }
    return accepted(std::move(judgement), attempt);
}

Judgement judge_recovery_code(Judgement judgement, const RecoveryMatch& match, const Attempt& attempt) {
    RecoveryUse& use = recovery_use_of(judgement.next, match.set);
    if (const auto why = void_because(use, match)) return refused(std::move(judgement), *why);
    use.last_judged = attempt.now;
    // No failure: of 80 bits nothing is guessed in the time that scrypt leaves. It would close the counter of
    // the codes that people need every day, in two minutes where six digits take weeks.
    if (match.codes == 0) return refused(std::move(judgement), Reason::wrong);
    return struck_off(std::move(judgement), match, attempt);
}

// Of digits that the counter has let through and that are a scratch code. They are not a guess, whether they
// still are good or not.
Judgement judge_scratch_code(Judgement judgement, std::uint32_t codes, bool for_restore,
                             const Attempt& attempt) {
    judgement.means = Means::recovery_code;
    const RecoverySet& set = *attempt.credential.recovery;
    const auto match = RecoveryMatch::of(judgement.next, set, codes, for_restore, attempt);
    const RecoveryUse& use = recovery_use_of(judgement.next, set);
    if (const auto why = void_because(use, match)) return refused(std::move(judgement), *why);
    forget_resynchronisation(judgement.next);
    return struck_off(std::move(judgement), match, attempt);
}

// Can digits be a scratch code of this account that is accepted? Then each that is none is a guess.
bool has_open_scratch_codes(const State& state, const Credential& credential) {
    const bool closed =
        credential.recovery && state.recovery.id == credential.recovery->id && state.recovery.closed;
    return has_scratch_codes(credential) && !closed;
}

Judgement judge_candidates(Judgement judgement, const std::vector<Candidate>& candidates,
                           std::uint32_t scratch_codes, const Attempt& attempt) {
    if (const Candidate* const right = matched(candidates, Meaning::fresh)) {
        forget_resynchronisation(judgement.next);
        AuthenticatorUse& use = use_of(judgement.next, right->authenticator->id, attempt.credential);
        use.used = true;
        use.last = right->factor;
        use.last_success = attempt.now;
        return accepted(std::move(judgement), attempt);
    }
    if (matched(candidates, Meaning::spent) != nullptr) return refused(std::move(judgement), Reason::reused);
    if (scratch_codes != 0) return judge_scratch_code(std::move(judgement), scratch_codes, false, attempt);
    forget_resynchronisation(judgement.next);
    if (const Candidate* const ahead = matched(candidates, Meaning::beyond)) {
        AuthenticatorUse& use = use_of(judgement.next, ahead->authenticator->id, attempt.credential);
        use.resyncing = true;
        use.resync = ahead->factor;
        return guessed(std::move(judgement), Reason::resynchronising, attempt);
    }
    return guessed(std::move(judgement), Reason::wrong, attempt);
}

// One for each kind of answer: another kind does not compile before somebody has written down how it is
// judged.
Result<Judgement> judge_answer(const OtpAnswer& answer, const State& state, const Attempt& attempt) {
    Judgement judgement = undecided(state, attempt);
    // Before anything is known to refuse: a throttled answer takes as long as any other.
    const auto candidates =
        compared_candidates(attempt.credential, state, answer.digits, attempt.limits, attempt.now);
    if (!candidates) return std::unexpected(candidates.error());
    const auto scratch_codes = matching_scratch_codes(attempt.credential, answer.digits);
    if (!scratch_codes) return std::unexpected(scratch_codes.error());
    if (const auto held = held_back(judgement.next, attempt)) {
        return refused(std::move(judgement), *held);
    }
    if (candidates->empty() && !has_open_scratch_codes(state, attempt.credential)) {
        const bool none = attempt.credential.authenticators.empty();
        return refused(std::move(judgement), none ? Reason::no_method : Reason::closed);
    }
    return judge_candidates(std::move(judgement), *candidates, *scratch_codes, attempt);
}

// Where only a scratch code is asked for. Judged and written also for who has none: that does not show.
Result<Judgement> judge_answer(const ScratchAnswer& answer, const State& state, const Attempt& attempt) {
    Judgement judgement = undecided(state, attempt);
    judgement.means = Means::recovery_code;
    const auto codes = matching_scratch_codes(attempt.credential, answer.digits);
    if (!codes) return std::unexpected(codes.error());
    if (const auto held = held_back(judgement.next, attempt)) return refused(std::move(judgement), *held);
    if (*codes != 0) return judge_scratch_code(std::move(judgement), *codes, answer.for_restore, attempt);
    if (!has_open_scratch_codes(state, attempt.credential)) {
        const bool none = !has_scratch_codes(attempt.credential);
        return refused(std::move(judgement), none ? Reason::no_method : Reason::closed);
    }
    forget_resynchronisation(judgement.next);
    return guessed(std::move(judgement), Reason::wrong, attempt);
}

Result<Judgement> judge_answer(const RecoveryAnswer& answer, const State& state, const Attempt& attempt) {
    Judgement judgement = undecided(state, attempt);
    judgement.means = Means::recovery_code;
    const auto& set = attempt.credential.recovery;
    // Scratch codes are never judged here, where nothing is throttled.
    if (!set || has_scratch_codes(attempt.credential))
        return refused(std::move(judgement), Reason::no_method);
    if (answer.set != set->id) return refused(std::move(judgement), Reason::stale);
    const std::uint32_t codes = matching_codes(*set, answer.form, answer.digest);
    const auto match = RecoveryMatch::of(state, *set, codes, answer.for_restore, attempt);
    return judge_recovery_code(std::move(judgement), match, attempt);
}

// Compared also when nothing was given out: the digest in an empty grant is no code's.
Reason meaning_of(const OneTimeGrant& grant, const Digest& digest, UnixTime now) {
    const bool equal = equal_in_constant_time(grant.digest, digest);
    if (!grant.given || !equal) return Reason::wrong;
    return now <= grant.until ? Reason::right : Reason::expired;
}

Result<Judgement> judge_answer(const TemporaryAnswer& answer, const State& state, const Attempt& attempt) {
    Judgement judgement = undecided(state, attempt);
    judgement.means = Means::temporary_code;
    const Reason meaning = meaning_of(state.temporary, answer.digest, attempt.now);
    if (const auto held = grant_held_back(judgement.next, attempt)) {
        return refused(std::move(judgement), *held);
    }
    if (meaning != Reason::right) return failed(std::move(judgement), meaning, attempt);
    judgement.next.temporary = {};
    return accepted(std::move(judgement), attempt);
}

// An end that lies further away than any sent code lives was written by a clock that ran ahead.
bool is_over(const SentCode& sent, UnixTime now) {
    return now > sent.until || sent.until > now + longest_sent_code_life;
}

Result<Judgement> judge_answer(const SentAnswer& answer, const State& state, const Attempt& attempt) {
    Judgement judgement = undecided(state, attempt);
    const auto scratch_codes = matching_scratch_codes(attempt.credential, answer.digits);
    if (!scratch_codes) return std::unexpected(scratch_codes.error());
    const SentCode& was = state.sent;
    // Both, whatever the first one says.
    const bool equal = equal_in_constant_time(was.digest, answer.digest);
    const bool bound = equal_in_constant_time(was.binding, answer.binding);
    if (const auto held = held_back(judgement.next, attempt)) return refused(std::move(judgement), *held);
    const bool right = was.given && equal && bound;
    if (right && was.used) return refused(std::move(judgement), Reason::reused);
    SentCode& sent = judgement.next.sent;
    if (!right || was.wrong >= max_wrong_answers) {
        if (*scratch_codes != 0)
            return judge_scratch_code(std::move(judgement), *scratch_codes, false, attempt);
        // An answer from elsewhere does not void it: it cannot be meant for it.
        if (was.given && bound && sent.wrong < max_wrong_answers) ++sent.wrong;
        return guessed(std::move(judgement), Reason::wrong, attempt);
    }
    if (is_over(was, attempt.now)) return guessed(std::move(judgement), Reason::expired, attempt);
    sent.used = true;
    return accepted(std::move(judgement), attempt);
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
        case Reason::stale:
            return "stale";
        case Reason::no_method:
            return "no method";
        case Reason::expired:
            return "expired";
    }
    return "unknown";
}

Result<Judgement> judge(const Credential& credential, const State& state, const Source& source,
                        const Answer& answer, const VerifyLimits& limits, const AttemptId& attempt,
                        UnixTime now) {
    const Attempt this_one{{source, now}, credential, limits, attempt};
    return std::visit([&](const auto& typed) { return judge_answer(typed, state, this_one); }, answer);
}

Judgement judge_registration(const State& state, const Source& source, const Digest& digest, UnixTime now) {
    const Occasion occasion{source, now};
    Judgement judgement = undecided(state, occasion);
    judgement.means = Means::registration_code;
    const Reason meaning = meaning_of(state.registration, digest, now);
    if (const auto held = grant_held_back(judgement.next, occasion))
        return refused(std::move(judgement), *held);
    if (meaning != Reason::right) return failed(std::move(judgement), meaning, occasion);
    judgement.reason = Reason::right;
    return judgement;
}

const Failures& failures_of(const State& state, const Source& source, UnixTime now) {
    return counter_of(state, source, now);
}

}  // namespace secondstep
