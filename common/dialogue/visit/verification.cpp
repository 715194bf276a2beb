#include "dialogue/visit/verification.h"

#include <algorithm>
#include <utility>

#include "account/code_gate.h"
#include "account/devices.h"
#include "account/matching_codes.h"
#include "account/one_time_grant.h"
#include "account/own_write.h"
#include "account/remembered_clients.h"
#include "account/told_notice.h"
#include "base/text.h"
#include "dialogue/visit/damage.h"
#include "dialogue/visit/subject.h"
#include "store/change.h"

namespace secondstep::dialogue {
namespace {

std::string name_of_enrollment(const RecordName& record, const Credential& credential, const HostTag& host) {
    std::string name = record.sealed_name();
    if (host != HostTag{}) name += " at " + hex(host);
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
    : talk_(talk), ports_(ports), circumstances_(std::move(circumstances)), write_(ports.mint_write_id()) {
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
        if (!hashed) co_return unavailable(hashed.error());
    }
    // Lock, read, rule(), write, unlock: RecordChange::round().
    const Result<Kept> written = co_await judge_and_write();
    loan_.reset();
    co_return reveal(written);
}

// --- hash: a recovery code, before the lock ---

Script<Result<void>> Verification::hash() {
    const Result<void> come = co_await turn_has_come();
    if (!come) co_return come;
    const Result<void> read = co_await set_is_read();
    if (!read) co_return read;
    // The turn is over with the job, also when nobody waits for it any more.
    Work work{Work::Kind::scrypt, [hashing = hashing_, is_awaited = ports_.is_awaited,
                                   turn = std::exchange(turn_, nullptr)]() mutable {
                  hashing->digest = is_awaited() ? otp::recovery_digest(
                                                       hashing->code, hashing->pepper.bytes(), hashing->salt)
                                                 : Result<Digest>(std::unexpected(nobody_waits()));
                  turn.reset();
              }};
    const Resumption resumption = co_await talk_.pause(std::move(work));
    // `late`: the worker may still be writing; nothing of `hashing_` is looked at.
    took_a_digest_ =
        resumption == Resumption::late || (resumption == Resumption::done && hashing_->digest.has_value());
    if (resumption == Resumption::late)
        co_return fail(Errc::timed_out, "the digest of a recovery code took too long");
    if (resumption == Resumption::overloaded) co_return fail(Errc::busy, "too many recovery codes at once");
    if (!hashing_->digest) co_return std::unexpected(hashing_->digest.error());
    answer_ =
        RecoveryAnswer{hashing_->set, hashing_->code.form, *hashing_->digest, circumstances_.for_restore};
    co_return Result<void>{};
}

Script<Result<void>> Verification::turn_has_come() {
    turn_ = ports_.memory->recovery_turns.line_up({.source = circumstances_.limited,
                                                   .account = circumstances_.asked_for,
                                                   .known = circumstances_.known_source,
                                                   .host = circumstances_.host});
    while (ports_.is_awaited()) {
        if (turn_->has_come()) co_return Result<void>{};
        const std::optional<Wait> wait = in_all_.wait(turn_->until_next_look());
        if (!wait) {
            turn_.reset();
            co_return fail(Errc::busy, "too many recovery codes at once");
        }
        co_await talk_.pause(*wait);
    }
    turn_.reset();
    co_return std::unexpected(nobody_waits());
}

// The pepper and the salt the code is hashed with.
Script<Result<void>> Verification::set_is_read() {
    const Result<void> borrowed = borrow_decoy();
    if (!borrowed) co_return borrowed;
    patience_ = patience_that_is_left();
    for (const bool own : {true, false}) {
        RecordName record = own ? circumstances_.record : circumstances_.decoy;
        Result<Account> account =
            co_await read_record(talk_, StoreAccess::of(ports_), std::move(record), patience_);
        if (!account) co_return std::unexpected(account.error());
        RecoverySet* set = recovery_set_of(*account);
        if (set == nullptr) continue;
        hashing_->set = set->id;
        hashing_->pepper = std::move(set->pepper);
        hashing_->salt = set->salt;
        loan_.reset();
        co_return Result<void>{};
    }
    co_return fail(Errc::damaged,
                   "decoy record " + circumstances_.decoy.stem() + " has no recovery codes (run doctor)");
}

// At most three seconds and a half, and less when the turn took its time.
StorePatience Verification::patience_that_is_left() const {
    const auto left = in_all_.left();
    return StorePatience{std::min(left, Rounds::for_a_lock), std::min(left, Rounds::for_all)};
}

// --- lock ---

Script<Result<Kept>> Verification::judge_and_write() {
    const Result<void> borrowed = borrow_decoy();
    if (!borrowed) co_return std::unexpected(borrowed.error());
    Decide decide = [this](const Account& account) { return rule(account); };
    co_return co_await change_record(talk_, StoreAccess::of(ports_), circumstances_.record, Opening::existing,
                                     std::move(decide), patience_);
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

Result<DecidedAnswer> Verification::verify_under_lock(const Credential& credential,
                                                      const State& state) const {
    if (!circumstances_.never_accepted) {
        if (const Result<void> owner = check_owner(credential, circumstances_.subject); !owner) {
            return std::unexpected(owner.error());
        }
    }
    if (is_written_already(state)) return DecidedAnswer::written_already(state);
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
    return verify(credential, state, circumstances_.source, answer_, limits, write_, now_);
}

// What was counted as wrong in this dialogue and time step is not counted again. Judged all the same: it
// takes as long as any other answer. One that is judged again because nobody knows whether it was counted was
// not noted yet, and is counted again.
Result<DecidedAnswer> Verification::verify_once(const Credential& credential, const State& state) {
    Result<DecidedAnswer> decided = verify_under_lock(credential, state);
    const std::optional<Guess> guess = guess_in(answer_, one_time_code_);
    if (!decided || !circumstances_.wrong || !guess) return decided;
    const otp::TimeStep step = otp::time_step(now_, shortest_period(credential));
    const bool same = circumstances_.wrong->hold(guess->kind, *guess->code, step);
    const bool wider = circumstances_.wrong->hold(guess->wider, *guess->code, step);
    if (!decided->result.counted) return decided;
    if (!same) wrong_in_ = step;
    if (same || wider) return DecidedAnswer::wrong_again(decided->result.factor, state);
    return decided;
}

Result<VerifyResult> Verification::verify_sent_code(const Credential& credential, const State& state) const {
    Result<SentAnswer> answer =
        sent_answer(*ports_.keyring, circumstances_.record, std::get<OtpAnswer>(answer_).digits,
                    circumstances_.asked, state.sent);
    if (!answer) return std::unexpected(answer.error());
    return verify(credential, state, circumstances_.source, std::move(*answer), {}, write_, now_);
}

bool Verification::closes(const State& before, const State& after) const {
    const auto count = [this](const State& state) {
        return failures_of(state, circumstances_.source, now_).count;
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
    VerifyResult registration = verify_registration(state, circumstances_.source, *to_register, now_);
    if (circumstances_.to_enroll_again && state.enrollment_forced && registration.accepted())
        return registration;
    const VerifyLimits limits{.window = ports_.config->window};
    return verify(credential, state, circumstances_.source, TemporaryAnswer{*to_log_in}, limits, write_,
                  now_);
}

RepeatedCodes::Use Verification::use() const {
    return {.enrollment = enrollment_, .service = circumstances_.service, .address = circumstances_.address};
}

// Only while answers are judged: whoever guesses does not get round the throttle with an old code.
bool Verification::repeats(const State& state) const {
    const auto* otp = std::get_if<OtpAnswer>(&answer_);
    if (otp == nullptr || circumstances_.repeat.count() == 0 || circumstances_.address.empty()) return false;
    if (state.enrollment_forced) return false;  // a code that was seen before opens no way to a new one
    return code_gate(state, circumstances_.source, now_) == Gate::open &&
           ports_.memory->repeated_codes.knows(use(), otp->digits, ports_.steady_now());
}

void Verification::remember_what_was_accepted(const State& before, DecidedAnswer& decided) const {
    State& next = decided.result.next;
    next.notice = told_notice(before, circumstances_.source, now_);
    if (decided.result.factor != Factor::authenticator || circumstances_.address.empty()) return;
    if (!decided.accepted_first() || circumstances_.remember.count() == 0) return;
    remember_client(next, {circumstances_.service, circumstances_.address, circumstances_.host}, now_,
                    circumstances_.remember);
}

// After the write: what was not stored is not accepted a second time either. A scratch code never is.
void Verification::keep_for_repetition(Factor factor) const {
    const auto* otp = std::get_if<OtpAnswer>(&answer_);
    if (otp == nullptr || factor != Factor::authenticator) return;
    if (circumstances_.repeat.count() == 0 || circumstances_.address.empty()) return;
    ports_.memory->repeated_codes.add(use(), otp->digits, ports_.steady_now(), circumstances_.repeat);
}

void Verification::warn_of_damage(const Account& account) {
    if (account.state_damaged && !std::exchange(warned_, true))
        ports_.journal->warn(damage_notice(circumstances_.name));
}

// The factor, because an id that comes from elsewhere is believed for what it was given for, and nothing more.
bool Verification::is_written_already(const State& state) const {
    if (!is_own_write(state, write_, now_)) return false;
    if (one_time_code_) return state.last_factor == Factor::temporary_code;
    if (circumstances_.for_restore && state.restore.code == 0) return false;
    const bool by_recovery = state.last_factor == Factor::recovery_code;
    return by_recovery ||
           (state.last_factor == Factor::authenticator && std::holds_alternative<OtpAnswer>(answer_));
}

Result<Rewrite> Verification::rule(const Account& account) {
    warn_of_damage(account);
    if (circumstances_.until && ports_.steady_now() > *circumstances_.until)
        return fail(Errc::timed_out, "the answer was judged too late for its host");
    // It was there when the person was asked.
    if (!account.credential) return fail(Errc::not_found, "the second step was removed during the login");
    if (!std::exchange(judged_, true)) now_ = ports_.clock->now();
    wrong_in_.reset();
    enrollment_ = name_of_enrollment(circumstances_.record, *account.credential, circumstances_.host);
    Result<DecidedAnswer> decided = verify_once(*account.credential, account.state);
    if (!decided) return std::unexpected(decided.error());
    VerifyResult& result = decided->result;
    told_ = outcome_from(*decided, *account.credential);
    if (decided->before == SeenBefore::written) return LeaveAsItIs{};
    told_.closed_now = closes(account.state, result.next);
    const bool logs_in = result.factor != Factor::registration_code && !circumstances_.for_restore;
    if (decided->accepted() && logs_in) {
        remember_what_was_accepted(account.state, *decided);
        told_.notice = result.next.notice;
    }
    return WriteState{std::move(result.next)};
}

VerificationOutcome Verification::unavailable(const Error& why) const {
    return {.verdict = Verdict::unavailable, .reason = why.detail, .took_a_digest = took_a_digest_};
}

// What was not stored is not kept in memory either: neither what was right nor what was wrong.
VerificationOutcome Verification::reveal(const Result<Kept>& written) {
    if (!written) return unavailable(written.error());
    if (const auto guess = guess_in(answer_, one_time_code_); wrong_in_ && guess)
        circumstances_.wrong->add(guess->kind, *guess->code, *wrong_in_);
    // Repeating it does not move its end.
    if (told_.write) keep_for_repetition(told_.factor);
    return std::move(told_);
}

VerificationOutcome Verification::outcome_from(const DecidedAnswer& decided,
                                               const Credential& credential) const {
    const VerifyResult& result = decided.result;
    VerificationOutcome out;
    out.verdict = decided.accepted() && !circumstances_.never_accepted ? Verdict::accepted : Verdict::refused;
    out.reason = decided.reason();
    out.counted = result.counted;
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
    out.was_written_before = decided.before == SeenBefore::written;
    return out;
}

}  // namespace secondstep::dialogue
