#include "dialogue/examination.h"

#include <algorithm>
#include <utility>

#include "account/matching_codes.h"
#include "account/one_time_grant.h"
#include "account/remembered_clients.h"
#include "base/text.h"
#include "dialogue/damage.h"
#include "dialogue/subject.h"
#include "store/account_store.h"

namespace secondstep::dialogue {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds between_recovery_judgements{250};

Ruling unavailable(std::string reason) {
    return {.verdict = Verdict::unavailable, .reason = std::move(reason)};
}

Ruling held_back() {
    return {.verdict = Verdict::refused, .reason = std::string(to_text(Reason::too_fast))};
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

}  // namespace

// What the scrypt job works on. Shared: when it misses its deadline, the job still runs while the dialogue
// ends.
struct Examination::Hashing {
    otp::NormalizedRecoveryCode code;
    RecoverySetId set{};
    Secret pepper;
    Digest salt{};
    Result<Digest> digest = fail(Errc::crypto, "the digest of a recovery code was not computed");
};

Examination::Examination(const Ports& ports, Circumstances circumstances, Code code)
    : ports_(ports),
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

Examination::Progress Examination::start() {
    return hashing_ ? take_turn(Resumption::done) : lock(Resumption::done);
}

Examination::Progress Examination::resume(Resumption resumption) {
    return (this->*next_)(resumption);
}

Examination::Progress Examination::pause(Wait wait, Next next) {
    next_ = next;
    return Step{wait};
}

Examination::Progress Examination::take_turn(Resumption) {
    const milliseconds time = ports_.recovery_limiter->admit(circumstances_.limited, ports_.steady_now());
    if (time <= milliseconds::zero()) return hash(Resumption::done);
    const std::optional<Wait> wait = for_turn_.wait(time);
    return wait ? pause(*wait, &Examination::take_turn) : held_back();
}

Result<void> Examination::find_recovery_set() {
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

Examination::Progress Examination::hash(Resumption) {
    if (const Result<void> found = find_recovery_set(); !found) return hash_after_failed_read(found.error());
    next_ = &Examination::hashed;
    return Step{Work{Work::Kind::scrypt, [hashing = hashing_] {
                         hashing->digest =
                             otp::recovery_digest(hashing->code, hashing->pepper.bytes(), hashing->salt);
                     }}};
}

Examination::Progress Examination::hash_after_failed_read(const Error& error) {
    const std::optional<Wait> wait = error.code == Errc::busy ? for_lock_.wait_for_lock() : std::nullopt;
    return wait ? pause(*wait, &Examination::hash) : Progress{unavailable(error.detail)};
}

Examination::Progress Examination::hashed(Resumption resumption) {
    // `late`: the worker may still be writing; nothing of `hashing_` is looked at.
    if (resumption == Resumption::late) return unavailable("the digest of a recovery code took too long");
    if (resumption == Resumption::overloaded) return unavailable("too many recovery codes at once");
    if (!hashing_->digest) return unavailable(hashing_->digest.error().detail);
    answer_ =
        RecoveryAnswer{hashing_->set, hashing_->code.form, *hashing_->digest, circumstances_.for_restore};
    return lock(Resumption::done);
}

Examination::Progress Examination::lock(Resumption) {
    Result<std::unique_ptr<Transaction>> transaction = ports_.store->begin(circumstances_.record);
    if (transaction) return rule(std::move(*transaction));
    if (transaction.error().code != Errc::busy) return unavailable(transaction.error().detail);
    const std::optional<Wait> wait = for_lock_.wait_for_lock();
    return wait ? pause(*wait, &Examination::lock) : unavailable("the record was locked for 3 seconds");
}

Result<Judgement> Examination::judge_under_lock(const Credential& credential, const State& state) const {
    if (!circumstances_.never_accepted) {
        if (const Result<void> owner = check_owner(credential, circumstances_.uid); !owner) {
            return std::unexpected(owner.error());
        }
    }
    if (one_time_code_) return judge_one_time_code(credential, state);
    if (repeats(state)) return Judgement{.accepted = true, .reason = Reason::repeated, .next = state};
    if (credential.destination && std::holds_alternative<OtpAnswer>(answer_))
        return judge_sent_code(credential, state);
    const VerifyLimits limits{.window = ports_.config->window};
    return judge(credential, state, circumstances_.source, answer_, limits, write_, ports_.clock->now());
}

Result<Judgement> Examination::judge_sent_code(const Credential& credential, const State& state) const {
    Result<SentAnswer> answer =
        sent_answer(*ports_.keyring, circumstances_.record, std::get<OtpAnswer>(answer_).digits,
                    circumstances_.asked, state.sent);
    if (!answer) return std::unexpected(answer.error());
    return judge(credential, state, circumstances_.source, std::move(*answer), {}, write_,
                 ports_.clock->now());
}

bool Examination::closes(const State& before, const State& after) const {
    const auto count = [this](const State& state) {
        return failures_of(state, circumstances_.source, ports_.clock->now()).count;
    };
    return count(before) < closing_failures && count(after) == closing_failures;
}

// Both digests are made and compared whatever the state holds: what was given out does not show in the work.
Result<Judgement> Examination::judge_one_time_code(const Credential& credential, const State& state) const {
    const auto digest = [&](GrantKind kind, const OneTimeGrant& grant) {
        return grant_digest(*ports_.keyring, circumstances_.record, kind, *one_time_code_, grant);
    };
    const Result<Digest> to_register = digest(GrantKind::registration, state.registration);
    const Result<Digest> to_log_in = digest(GrantKind::temporary, state.temporary);
    if (!to_register) return std::unexpected(to_register.error());
    if (!to_log_in) return std::unexpected(to_log_in.error());
    const UnixTime now = ports_.clock->now();
    Judgement registration = judge_registration(state, circumstances_.source, *to_register, now);
    if (circumstances_.to_enroll_again && state.enrollment_forced && registration.accepted)
        return registration;
    const VerifyLimits limits{.window = ports_.config->window};
    return judge(credential, state, circumstances_.source, TemporaryAnswer{*to_log_in}, limits, write_, now);
}

RepeatedCodes::Use Examination::use() const {
    return {.enrollment = enrollment_, .service = circumstances_.service, .address = circumstances_.address};
}

// Only while answers are judged: whoever guesses does not get round the throttle with an old code.
bool Examination::repeats(const State& state) const {
    const auto* otp = std::get_if<OtpAnswer>(&answer_);
    if (otp == nullptr || circumstances_.repeat.count() == 0 || circumstances_.address.empty()) return false;
    if (state.enrollment_forced) return false;  // a code that was seen before opens no way to a new one
    const UnixTime now = ports_.clock->now();
    return gate(failures_of(state, circumstances_.source, now), now) == Gate::open &&
           ports_.repeated_codes->knows(use(), otp->digits, ports_.steady_now());
}

void Examination::remember_what_was_accepted(Judgement& judgement) const {
    if (ports_.clock->now() >= judgement.next.notice.when + notice_repeated_for) judgement.next.notice = {};
    if (judgement.means != Means::authenticator || circumstances_.address.empty()) return;
    if (judgement.reason != Reason::right || circumstances_.remember.count() == 0) return;
    remember_client(judgement.next, {circumstances_.service, circumstances_.address}, ports_.clock->now(),
                    circumstances_.remember);
}

// After the write: what was not stored is not accepted a second time either. A scratch code never is.
void Examination::keep_for_repetition(Means means) const {
    const auto* otp = std::get_if<OtpAnswer>(&answer_);
    if (otp == nullptr || means != Means::authenticator) return;
    if (circumstances_.repeat.count() == 0 || circumstances_.address.empty()) return;
    ports_.repeated_codes->add(use(), otp->digits, ports_.steady_now(), circumstances_.repeat);
}

Examination::Progress Examination::rule(std::unique_ptr<Transaction> transaction) {
    const Account& account = transaction->account();
    if (account.state_damaged && !std::exchange(warned_, true)) {
        ports_.journal->warn(damage_notice(circumstances_.name));
    }
    // It was there when the person was asked.
    if (!account.credential) return unavailable("the second step was removed during the login");
    enrollment_ = name_of_enrollment(circumstances_.record, *account.credential);
    Result<Judgement> judgement = judge_under_lock(*account.credential, account.state);
    if (!judgement) return unavailable(judgement.error().detail);
    if (judgement->reason == Reason::too_fast) {
        const std::optional<Wait> wait = for_turn_.wait(between_recovery_judgements);
        if (wait) return pause(*wait, &Examination::lock);
    }
    Ruling after_write = ruling(*judgement, *account.credential);
    after_write.closed_now = closes(account.state, judgement->next);
    const bool logs_in = judgement->means != Means::registration_code && !circumstances_.for_restore;
    if (judgement->accepted && logs_in) remember_what_was_accepted(*judgement);
    return write(std::move(transaction), *judgement, std::move(after_write));
}

// Whatever the verdict is: an answer that was wrong costs what a right one costs, and nothing is said before
// the write is durable and the lock is gone.
Examination::Progress Examination::write(std::unique_ptr<Transaction> transaction, const Judgement& judgement,
                                         Ruling after_write) {
    const Result<WriteOutcome> outcome = transaction->write_state(judgement.next);
    transaction.reset();
    if (!outcome) return unavailable(outcome.error().detail);
    const bool stored = *outcome == WriteOutcome::done || (judgement.accepted && is_stored_after_all());
    const bool first_time = judgement.reason == Reason::right;  // repeating it does not move its end
    if (stored && first_time && after_write.verdict == Verdict::accepted)
        keep_for_repetition(judgement.means);
    if (stored) return after_write;
    return unavailable(*outcome == WriteOutcome::lost ? "another login wrote first"
                                                      : "the write may not have happened");
}

// After a write of unknown outcome: the id that was minted for it in the state says that it did happen.
bool Examination::is_stored_after_all() const {
    const Result<Account> now = ports_.store->read(circumstances_.record);
    return now && now->state.last_accepted == write_;
}

Ruling Examination::ruling(const Judgement& judgement, const Credential& credential) const {
    Ruling out;
    out.verdict = judgement.accepted && !circumstances_.never_accepted ? Verdict::accepted : Verdict::refused;
    out.reason = to_text(judgement.reason);
    out.means = judgement.means;
    out.undelivered = credential.destination && judgement.next.sent.undelivered;
    out.a_code_opens = !has_scratch_codes(credential);
    if (credential.recovery) {
        out.recovery_codes_left = recovery_codes_left(credential, judgement.next);
        out.recovery_codes_total = credential.recovery->digests.size();
    }
    if (out.verdict != Verdict::accepted) return out;
    out.notice = judgement.next.notice;
    out.codes_not_saved = judgement.next.recovery.not_saved;
    out.enrollment_forced = judgement.next.enrollment_forced;
    out.registration = judgement.next.registration;
    if (circumstances_.for_restore) out.restore = judgement.next.restore;
    out.authenticators = ids_of(credential);
    if (judgement.reason == Reason::right) out.write = write_;
    return out;
}

}  // namespace secondstep::dialogue
