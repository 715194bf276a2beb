#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "account/account_name.h"
#include "account/sent_code.h"
#include "account/verify.h"
#include "dialogue/conversation/answer_times.h"
#include "dialogue/conversation/patience.h"
#include "dialogue/conversation/ports.h"
#include "dialogue/conversation/script.h"
#include "dialogue/conversation/store_work.h"
#include "dialogue/memory/repeated_codes.h"
#include "dialogue/memory/wrong_answers.h"
#include "dialogue/visit/decided_answer.h"
#include "dialogue/visit/subject.h"
#include "otp/one_time_code.h"
#include "otp/recovery_codes.h"

namespace secondstep::dialogue {

// What was decided about one answer, when it is on the disk.
struct VerificationOutcome {
    Verdict verdict = Verdict::unavailable;  // accepted, refused or unavailable
    std::string reason{};
    Factor factor = Factor::authenticator;
    std::string device{};  // whose code was accepted; its owner's word for it
    std::optional<std::size_t> recovery_codes_left{};
    std::size_t recovery_codes_total = 0;
    bool counted = false;      // as a failure
    bool closed_now = false;   // it was the hundredth failure
    bool a_code_opens = true;  // the account's recovery codes open what that closed
    bool undelivered = false;  // the newest code that was sent, in whichever dialogue
    // Of the state as it was judged, when accepted.
    ChangeNotice notice{};  // to be told now
    bool codes_not_saved = false;
    bool enrollment_forced = false;
    OneTimeGrant registration{};                    // the one that was accepted
    Restore restore{};                              // the one that was opened or resumed
    std::vector<AuthenticatorId> authenticators{};  // enrolled when it was accepted
    std::optional<AttemptId> write{};  // the id it left in the state; nothing: a code was only repeated
    bool was_written_before = false;   // under that id, by an answer that this one repeats
    // This machine has computed scrypt for it, or may still do so; whatever came of it.
    bool took_a_digest = false;
};

// One answer of code shape on its way from "typed" to "written": hash, lock, read, judge, write, unlock, and
// only then a VerificationOutcome. Recovery codes of the short and the long form wait for their turn and for scrypt before
// the lock; nobody is refused because others have their turn. Whose turn has come when nobody waits for the verdict any
// more is not judged. Asks nothing of the person.
//
// Where another one wrote first, or nobody knows whether this one did, it is judged once more, with the same id
// and at the same time, on what is there then. The id that stands there says that it was written; that the step
// is used up says nothing.
class Verification : OutlivesScripts {
  public:
    struct Circumstances {
        RecordName record;              // of the account, or a decoy
        RecordName decoy;               // lends its pepper and salt to an account without recovery codes
        std::uint8_t decoy_number = 0;  // which one, unless it is lent to another name
        // A decoy: its right code is as good as a wrong one.
        bool never_accepted = false;
        std::string name;  // of the account, for the journal; empty for a decoy
        Subject subject;
        Source source;
        Source limited;         // as RecoveryTurns sees it
        std::string asked_for;  // the name, whether somebody has it or not
        bool known_source = false;
        std::string service{};
        std::string address{};  // exact; empty: none, or one that is not believed
        HostTag host{};         // of the host of the fleet that is logged in to
        // When that host has given the answer up, unless it waited for a thread of its own before: then nothing is written,
        // and no code used up that lets nobody in.
        std::optional<std::chrono::steady_clock::time_point> until{};
        // A recovery code opens or resumes a restore, and does not log in.
        bool for_restore = false;
        // The registration code of somebody who has to enroll again is accepted, to do that.
        bool to_enroll_again = false;
        std::chrono::seconds remember{0};       // the client, after an authenticator's code
        std::chrono::seconds repeat{0};         // the authenticator's code, for this client
        SentFor asked{};                        // what a code must have been sent for
        std::shared_ptr<WrongAnswers> wrong{};  // of the dialogue
    };
    using Code = std::variant<OtpAnswer, otp::NormalizedRecoveryCode, otp::OneTimeCode>;

    // `talk` and `ports` outlive it.
    Verification(Talk& talk, const Ports& ports, Circumstances circumstances, Code code);

    [[nodiscard]] Script<VerificationOutcome> run();  // once

  private:
    struct Hashing;

    [[nodiscard]] Script<Result<void>> hash();
    [[nodiscard]] Script<Result<void>> turn_has_come();
    [[nodiscard]] Script<Result<void>> set_is_read();
    [[nodiscard]] Script<Result<Kept>> judge_and_write();
    // Under the lock: see Decide.
    [[nodiscard]] Result<Rewrite> rule(const Account& account);
    void warn_of_damage(const Account& account);
    [[nodiscard]] VerificationOutcome unavailable(const Error& why) const;
    [[nodiscard]] VerificationOutcome reveal(const Result<Kept>& written);
    [[nodiscard]] Result<DecidedAnswer> verify_once(const Credential& credential, const State& state);
    [[nodiscard]] Result<DecidedAnswer> verify_under_lock(const Credential& credential,
                                                          const State& state) const;
    [[nodiscard]] Result<VerifyResult> judge_now(const Credential& credential, const State& state) const;
    [[nodiscard]] Result<VerifyResult> verify_one_time_code(const Credential& credential,
                                                            const State& state) const;
    [[nodiscard]] Result<VerifyResult> verify_sent_code(const Credential& credential,
                                                        const State& state) const;
    [[nodiscard]] bool is_written_already(const State& state) const;
    [[nodiscard]] bool closes(const State& before, const State& after) const;
    [[nodiscard]] bool repeats(const State& state) const;
    void remember_what_was_accepted(const State& before, DecidedAnswer& decided) const;
    void keep_for_repetition(Factor factor) const;
    [[nodiscard]] RepeatedCodes::Use use() const;
    [[nodiscard]] VerificationOutcome outcome_from(const DecidedAnswer& decided,
                                                   const Credential& credential) const;
    [[nodiscard]] StorePatience patience_that_is_left() const;
    [[nodiscard]] Result<void> borrow_decoy();

    Talk& talk_;
    const Ports& ports_;
    Circumstances circumstances_;
    const AttemptId
        write_;       // minted for this answer: an id that a caller chooses is everybody's who chooses it
    UnixTime now_{};  // when it was judged first; a code does not expire while others are first
    bool judged_ = false;
    bool warned_ = false;
    std::string enrollment_;  // for RepeatedCodes; known under the lock
    // What was decided last under the lock, and is told when it is written.
    VerificationOutcome told_;
    std::optional<otp::TimeStep> wrong_in_;  // a mistake that is not held against them once more in this step
    Answer answer_;                          // what is judged
    std::optional<otp::OneTimeCode> one_time_code_;  // an answer as soon as the state is known
    bool took_a_digest_ = false;
    std::shared_ptr<Hashing> hashing_;           // a recovery code before it is one; shared with the worker
    std::shared_ptr<DecoyLoans::Loan> loan_;     // while a record is read or locked
    std::shared_ptr<RecoveryTurns::Turn> turn_;  // waited for, or there; then the worker's
    StorePatience patience_;
    // For the turn and the record.
    Patience in_all_{answer_times::of_waiting};
};

}  // namespace secondstep::dialogue
