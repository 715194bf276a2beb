#include "dialogue/visit/verification.h"

#include <utility>

#include "account/code_gate.h"
#include "account/devices.h"
#include "account/matching_codes.h"
#include "account/one_time_grant.h"
#include "account/remembered_clients.h"
#include "account/told_notice.h"
#include "base/text.h"
#include "dialogue/visit/damage.h"
#include "dialogue/visit/subject.h"
#include "store/change.h"

namespace secondstep::dialogue {
namespace {

VerificationOutcome unavailable(std::string reason) {
    return {.verdict = Verdict::unavailable, .reason = std::move(reason)};
}

std::string name_of_enrollment(const RecordName& record, const Credential& credential) {
    std::string name = record.sealed_name();
    for (const AuthenticatorId& id : ids_of(credential))
        name += "/" + hex(id);
    return name;
}

RecoverySet* recovery_set_of(Account& account) {
    if (!account.credential) return nullptr;
    std::optional<RecoverySet>& set = account.credential->recovery;
    return set ? &*set : nullptr;
}

// An answer that can be typed twice, and what for. Recovery codes of 80 bits are not counted anyway.
struct Guess {
    std::string_view kind;
    std::string_view wider;  // what was wrong as that is wrong as this too
    const Secret* code;
};
std::optional<Guess> guess_in(const Answer& answer, const std::optional<otp::OneTimeCode>& one_time) {
    constexpr std::string_view given_out = "one-time ";
    constexpr std::string_view digits = "code ";
    if (one_time) return Guess{given_out, given_out, &one_time->symbols};
    if (const auto* otp = std::get_if<OtpAnswer>(&answer)) return Guess{digits, digits, &otp->digits};
    if (const auto* scratch = std::get_if<ScratchAnswer>(&answer))
        return Guess{"scratch ", digits, &scratch->digits};
    return std::nullopt;
}

otp::Period shortest_period(const Credential& credential) {
    otp::Period shortest = otp::thirty_seconds();
    for (const Authenticator& a : credential.authenticators) {
        if (a.period.value() < shortest.value()) shortest = a.period;
    }
    return shortest;
}

}  // namespace

// What the scrypt job works on. Shared: when it misses its deadline, the job still runs
// while the dialogue ends.
struct Verification::Hashing {
    otp::NormalizedRecoveryCode code;
    RecoverySetId set{};
    Secret pepper;
    Digest salt{};
    Result<Digest> digest = fail(Errc::crypto, "the digest of a recovery code was not computed");
};

Verification::Verification(Talk& talk, const Ports& ports, Circumstances circumstances, Code code)
    : talk_(talk),
      ports_(ports),
      circumstances_(std::move(circumstances)),
      write_(ports.randomness->array<std::tuple_size_v<AttemptId>>()) {
    if (auto* otp = std::get_if<OtpAnswer>(&code)) {
        answer_ = std::move(*otp);
    } else if (auto* one_time = std::get_if<otp::OneTimeCode>(&code)) {
        one_time_code_ = std::move(*one_time);
    } else if (auto& recovery = std::get<otp::NormalizedRecoveryCode>(code);
               recovery.form == otp::RecoveryCodeForm::scratch_code) {
        answer_ = ScratchAnswer{std::move(recovery.symbols), circumstances_.for_restore};
    } else {
        hashing_ = std::make_shared<Hashing>(Hashing{.code = std::move(recovery), .pepper = {}});
    }
}

// The one order. Whatever the verdict is: an answer that was wrong costs what a right one costs, and nothing
// is said before the write is durable and the lock is gone.
Script<VerificationOutcome> Verification::run() {
    if (hashing_) {
        const Result<void> hashed = co_await hash();
        if (!hashed) co_return unavailable(hashed.error().detail);
    }
    Lock transaction = co_await lock();
    if (!transaction) co_return unavailable(transaction.error().detail);
    warn_of_damage((*transaction)->account());
    Result<Ruled> ruled = rule((*transaction)->account());
    if (!ruled) co_return unavailable(ruled.error().detail);
    const Result<WriteOutcome> outcome = (*transaction)->write_state(ruled->decided.result.next);
    transaction->reset();
    loan_.reset();
    co_return after_write(outcome, std::move(*ruled));
}

// --- hash: a recovery code, before the lock ---

Script<Result<void>> Verification::hash() {
    const bool come = co_await turn_has_come();
    if (!come) co_return fail(Errc::busy, "too many recovery codes at once");
    const Result<void> read = co_await set_is_read();
    if (!read) co_return read;
    // The turn is over with the job, also when nobody waits for it any more.
    Work work{Work::Kind::scrypt, [hashing = hashing_, turn = std::exchange(turn_, nullptr)]() mutable {
                  hashing->digest =
                      otp::recovery_digest(hashing->code, hashing->pepper.bytes(), hashing->salt);
                  turn.reset();
              }};
    const Resumption resumption = co_await talk_.pause(std::move(work));
    // `late`: the worker may still be writing; nothing of `hashing_` is looked at.
    if (resumption == Resumption::late)
        co_return fail(Errc::timed_out, "the digest of a recovery code took too long");
    if (resumption == Resumption::overloaded) co_return fail(Errc::busy, "too many recovery codes at once");
    if (!hashing_->digest) co_return std::unexpected(hashing_->digest.error());
    answer_ =
        RecoveryAnswer{hashing_->set, hashing_->code.form, *hashing_->digest, circumstances_.for_restore};
    co_return Result<void>{};
}

Script<bool> Verification::turn_has_come() {
    turn_ = ports_.memory->recovery_turns.line_up(
        {circumstances_.limited, circumstances_.asked_for, circumstances_.known_source});
    while (!turn_->has_come()) {
        const std::optional<Wait> wait = in_all_.wait(turn_->until_next_look());
        if (!wait) {
            turn_.reset();
            co_return false;
        }
        co_await talk_.pause(*wait);
    }
    co_return true;
}

// The pepper and the salt the code is hashed with.
Script<Result<void>> Verification::set_is_read() {
    const Result<void> borrowed = borrow_decoy();
    if (!borrowed) co_return borrowed;
    for (;;) {
        const Result<void> read = read_set();
        if (read) break;
        const std::optional<Wait> wait = read.error().code == Errc::busy ? wait_for_lock() : std::nullopt;
        if (!wait) co_return read;
        co_await talk_.pause(*wait);
    }
    loan_.reset();
    co_return Result<void>{};
}

Result<void> Verification::read_set() {
    for (const RecordName& record : {circumstances_.record, circumstances_.decoy}) {
        Result<Account> account = ports_.store->read(record);
        if (!account) return std::unexpected(account.error());
        RecoverySet* set = recovery_set_of(*account);
        if (set == nullptr) continue;
        hashing_->set = set->id;
        hashing_->pepper = std::move(set->pepper);
        hashing_->salt = set->salt;
        return {};
    }
    return fail(Errc::damaged,
                "decoy record " + circumstances_.decoy.stem() + " has no recovery codes (run doctor)");
}

// --- lock ---

Script<Verification::Lock> Verification::lock() {
    const Result<void> borrowed = borrow_decoy();
    if (!borrowed) co_return std::unexpected(borrowed.error());
    for (;;) {
        Lock transaction = ports_.store->begin(circumstances_.record);
        if (transaction || transaction.error().code != Errc::busy) co_return std::move(transaction);
        const std::optional<Wait> wait = wait_for_lock();
        if (!wait) co_return fail(Errc::busy, "the record was locked for 3 seconds");
        co_await talk_.pause(*wait);
    }
}

// Also for who has a record of their own: it takes a moment that others need.
Result<void> Verification::borrow_decoy() {
    if (loan_) return {};
    auto loan = ports_.memory->decoy_loans.lend(circumstances_.asked_for, circumstances_.decoy_number);
    if (!loan) return std::unexpected(loan.error());
    loan_ = std::move(*loan);
    circumstances_.decoy = RecordName::decoy(loan_->number());
    if (circumstances_.record.is_decoy()) circumstances_.record = circumstances_.decoy;
    return {};
}

// At most three seconds, and less when the turn took its time.
std::optional<Wait> Verification::wait_for_lock() {
    const std::optional<Wait> wait = for_lock_.wait_for_lock();
    return wait ? in_all_.wait(wait->time) : std::nullopt;
}

Result<DecidedAnswer> Verification::verify_under_lock(const Credential& credential,
                                                      const State& state) const {
    if (!circumstances_.never_accepted) {
        if (const Result<void> owner = check_owner(credential, circumstances_.uid); !owner) {
            return std::unexpected(owner.error());
        }
    }
    if (!one_time_code_ && repeats(state)) return DecidedAnswer::accepted_once_more(state);
    Result<VerifyResult> result = judge_now(credential, state);
    if (!result) return std::unexpected(result.error());
    return DecidedAnswer{std::move(*result)};
}

Result<VerifyResult> Verification::judge_now(const Credential& credential, const State& state) const {
    if (one_time_code_) return verify_one_time_code(credential, state);
    if (credential.destination && std::holds_alternative<OtpAnswer>(answer_))
        return verify_sent_code(credential, state);
    const VerifyLimits limits{.window = ports_.config->window};
    return verify(credential, state, circumstances_.source, answer_, limits, write_, ports_.clock->now());
}

// What was counted as wrong in this dialogue and time step is not counted again. Judged all the same: it
// takes as long as any other answer.
Result<DecidedAnswer> Verification::verify_once(const Credential& credential, const State& state) const {
    Result<DecidedAnswer> decided = verify_under_lock(credential, state);
    const std::optional<Guess> guess = guess_in(answer_, one_time_code_);
    if (!decided || !circumstances_.wrong || !guess) return decided;
    const otp::TimeStep step = otp::time_step(ports_.clock->now(), shortest_period(credential));
    const bool same = circumstances_.wrong->hold(guess->kind, *guess->code, step);
    const bool wider = circumstances_.wrong->hold(guess->wider, *guess->code, step);
    if (!decided->result.counted) return decided;
    if (!same) circumstances_.wrong->add(guess->kind, *guess->code, step);
    if (same || wider) return DecidedAnswer::wrong_again(decided->result.factor, state);
    return decided;
}

Result<VerifyResult> Verification::verify_sent_code(const Credential& credential, const State& state) const {
    Result<SentAnswer> answer =
        sent_answer(*ports_.keyring, circumstances_.record, std::get<OtpAnswer>(answer_).digits,
                    circumstances_.asked, state.sent);
    if (!answer) return std::unexpected(answer.error());
    return verify(credential, state, circumstances_.source, std::move(*answer), {}, write_,
                  ports_.clock->now());
}

bool Verification::closes(const State& before, const State& after) const {
    const auto count = [this](const State& state) {
        return failures_of(state, circumstances_.source, ports_.clock->now()).count;
    };
    return count(before) < closing_failures && count(after) == closing_failures;
}

// Both digests are made and compared whatever the state holds: what was given out does not show in the work.
Result<VerifyResult> Verification::verify_one_time_code(const Credential& credential,
                                                        const State& state) const {
    const auto digest = [&](GrantKind kind, const OneTimeGrant& grant) {
        return grant_digest(*ports_.keyring, circumstances_.record, kind, *one_time_code_, grant);
    };
    const Result<Digest> to_register = digest(GrantKind::registration, state.registration);
    const Result<Digest> to_log_in = digest(GrantKind::temporary, state.temporary);
    if (!to_register) return std::unexpected(to_register.error());
    if (!to_log_in) return std::unexpected(to_log_in.error());
    const UnixTime now = ports_.clock->now();
    VerifyResult registration = verify_registration(state, circumstances_.source, *to_register, now);
    if (circumstances_.to_enroll_again && state.enrollment_forced && registration.accepted())
        return registration;
    const VerifyLimits limits{.window = ports_.config->window};
    return verify(credential, state, circumstances_.source, TemporaryAnswer{*to_log_in}, limits, write_, now);
}

RepeatedCodes::Use Verification::use() const {
    return {.enrollment = enrollment_, .service = circumstances_.service, .address = circumstances_.address};
}

// Only while answers are judged: whoever guesses does not get round the throttle with an old code.
bool Verification::repeats(const State& state) const {
    const auto* otp = std::get_if<OtpAnswer>(&answer_);
    if (otp == nullptr || circumstances_.repeat.count() == 0 || circumstances_.address.empty()) return false;
    if (state.enrollment_forced) return false;  // a code that was seen before opens no way to a new one
    const UnixTime now = ports_.clock->now();
    return code_gate(state, circumstances_.source, now) == Gate::open &&
           ports_.memory->repeated_codes.knows(use(), otp->digits, ports_.steady_now());
}

void Verification::remember_what_was_accepted(const State& before, DecidedAnswer& decided) const {
    State& next = decided.result.next;
    next.notice = told_notice(before, circumstances_.source, ports_.clock->now());
    if (decided.result.factor != Factor::authenticator || circumstances_.address.empty()) return;
    if (!decided.accepted_first() || circumstances_.remember.count() == 0) return;
    remember_client(next, {circumstances_.service, circumstances_.address}, ports_.clock->now(),
                    circumstances_.remember);
}

// After the write: what was not stored is not accepted a second time either. A scratch code never is.
void Verification::keep_for_repetition(Factor factor) const {
    const auto* otp = std::get_if<OtpAnswer>(&answer_);
    if (otp == nullptr || factor != Factor::authenticator) return;
    if (circumstances_.repeat.count() == 0 || circumstances_.address.empty()) return;
    ports_.memory->repeated_codes.add(use(), otp->digits, ports_.steady_now(), circumstances_.repeat);
}

void Verification::warn_of_damage(const Account& account) const {
    if (account.state_damaged) ports_.journal->warn(damage_notice(circumstances_.name));
}

Result<Verification::Ruled> Verification::rule(const Account& account) {
    // It was there when the person was asked.
    if (!account.credential) return fail(Errc::not_found, "the second step was removed during the login");
    enrollment_ = name_of_enrollment(circumstances_.record, *account.credential);
    Result<DecidedAnswer> decided = verify_once(*account.credential, account.state);
    if (!decided) return std::unexpected(decided.error());
    const VerifyResult& result = decided->result;
    VerificationOutcome told = outcome_from(*decided, *account.credential);
    told.closed_now = closes(account.state, result.next);
    const bool logs_in = result.factor != Factor::registration_code && !circumstances_.for_restore;
    if (decided->accepted() && logs_in) {
        remember_what_was_accepted(account.state, *decided);
        told.notice = result.next.notice;
    }
    return Ruled{std::move(*decided), std::move(told)};
}

VerificationOutcome Verification::after_write(const Result<WriteOutcome>& outcome, Ruled ruled) const {
    const Result<Kept> written = kept(outcome);
    const bool stored = written || (outcome && ruled.decided.accepted() && is_stored_after_all());
    if (!stored) return unavailable(written.error().detail);
    // Repeating it does not move its end.
    if (ruled.decided.accepted_first() && ruled.told.verdict == Verdict::accepted)
        keep_for_repetition(ruled.decided.result.factor);
    return std::move(ruled.told);
}

// After a write of unknown outcome: the id that was minted for it in the state says that it did happen.
bool Verification::is_stored_after_all() const {
    const Result<Account> now = ports_.store->read(circumstances_.record);
    return now && now->state.last_accepted == write_;
}

VerificationOutcome Verification::outcome_from(const DecidedAnswer& decided,
                                               const Credential& credential) const {
    const VerifyResult& result = decided.result;
    VerificationOutcome out;
    out.verdict = decided.accepted() && !circumstances_.never_accepted ? Verdict::accepted : Verdict::refused;
    out.reason = decided.reason();
    out.factor = result.factor;
    out.undelivered = credential.destination && result.next.sent.undelivered;
    out.a_code_opens = !has_scratch_codes(credential);
    if (credential.recovery) {
        out.recovery_codes_left = recovery_codes_left(credential, result.next);
        out.recovery_codes_total = credential.recovery->digests.size();
    }
    if (out.verdict != Verdict::accepted) return out;
    const Authenticator* const device = result.device ? find_device(credential, *result.device) : nullptr;
    if (device != nullptr) out.device = device->name;
    out.notice = result.next.notice;
    out.codes_not_saved = result.next.recovery.not_saved;
    out.enrollment_forced = result.next.enrollment_forced;
    out.registration = result.next.registration;
    if (circumstances_.for_restore) out.restore = result.next.restore;
    out.authenticators = ids_of(credential);
    if (decided.accepted_first()) out.write = write_;
    return out;
}

}  // namespace secondstep::dialogue
