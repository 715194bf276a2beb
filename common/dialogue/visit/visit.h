#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "account/sent_code.h"
#include "dialogue/conversation/ended.h"
#include "dialogue/conversation/permission.h"
#include "dialogue/conversation/ports.h"
#include "dialogue/conversation/request.h"
#include "dialogue/conversation/script.h"
#include "dialogue/memory/wrong_answers.h"
#include "dialogue/visit/subject.h"
#include "dialogue/visit/verification.h"
#include "otp/typed_answer.h"
#include "store/change.h"

namespace secondstep::dialogue {

// One person at one prompt: who they are, from where, which rule applies, and the record that their answers
// are judged by. Holds no secret of an account.
struct Visit : OutlivesScripts {
    Visit(Talk& with_them, Ports with, Request from);

    Talk& talk;  // with them
    Ports ports;
    Request request;
    std::optional<std::string> client;  // exact_address() of the request's host
    Subject subject;
    std::string known_name;  // of an account that exists: the only name that may be logged
    Source source;
    Policy policy;  // of several possible ones the strictest
    // Why the possible policies leave open what somebody meets who is not enrolled; nothing: they do not.
    std::optional<std::string> open_question;
    bool in_doubt = false;  // there are several
    RecordName decoy;       // stands in for a record that is not there
    std::uint8_t decoy_number = 0;
    RecordName record;  // what answers are judged by: the account's, or the decoy
    bool enrolled = false;
    EnrollmentState enrollment = EnrollmentState::not_enrolled;  // as it was read
    AttemptId write{};                                           // of the last answer here that was accepted
    bool known_source = false;                                   // the account knows where this comes from
    std::optional<Method> method;
    std::optional<delivery::Address> destination;  // where the account's codes are sent
    std::optional<delivery::Address> on_file;      // where its owner is told what was changed
    // What may be changed on the host that is logged in to, as look_at_host() saw it last; and the widest that was
    // believed in this conversation. Of this machine: everything.
    fleet::HostClass place;
    fleet::HostClass widest_place;
    bool may_disable_own_step = false;  // under every rule about them, wherever they log in
    // What was typed in this dialogue and counted as wrong.
    std::shared_ptr<WrongAnswers> wrong_answers = std::make_shared<WrongAnswers>();
    bool by_decoy = false;  // answers are judged by the decoy: what becomes of them says nothing

    // What may be shown, offered, changed and remembered here once `proof` was given.
    [[nodiscard]] Permission permission(Proof proof) const { return permission(proof, enrollment); }
    [[nodiscard]] Permission permission(Proof proof, EnrollmentState as_it_stands) const;
    // Codes are sent to this account's address, and sending one tells nothing to somebody who has not passed
    // the first factor.
    [[nodiscard]] bool may_be_sent_codes() const;
    // account: what the authentication before this phase was shown. Nothing but what this service itself
    // said, for this account, service and place, minutes ago; and nothing was accepted since.
    [[nodiscard]] Proof handed_back(const State& state) const;
    // authenticate: what the account phase will be handed; empty where there is nothing to say.
    [[nodiscard]] Token token_of(Proof proof) const;
    [[nodiscard]] const Config& config() const { return *ports.config; }
    [[nodiscard]] UnixTime now() const { return ports.clock->now(); }
    // The person's own record, whatever `record` stands for. Only of somebody known.
    [[nodiscard]] RecordName own_record() const { return RecordName::of(*subject.account); }
    // Counts it, where a host of the fleet may cause so many only.
    [[nodiscard]] bool may_cause_a_message() const;
    // A code of one was right: what was sent before it does not count any more.
    void messages_were_wanted() const;
    // Where they are sent may be seen; not by a portal, which says itself that a first factor has passed.
    [[nodiscard]] bool may_see_the_address() const;
    // The client's address in one spelling; empty when there is none, or the caller's word is not believed.
    [[nodiscard]] std::string address() const;
    // "192.0.2.7", "this machine": what a notice of a change says.
    [[nodiscard]] std::string from() const;
    // What a code that is sent now is good for.
    [[nodiscard]] SentFor asked() const;
    [[nodiscard]] Verification::Circumstances circumstances() const;

    // The host of the fleet that is logged in to; zeros and "": this machine.
    [[nodiscard]] HostTag host_tag() const;
    [[nodiscard]] std::string host_name_there() const;
    [[nodiscard]] bool may_change_there() const;
    // That nothing of a second step may be changed on that host.
    [[nodiscard]] std::string only_elsewhere() const;

    void log(const VerificationOutcome& verified) const;
    // Also tells the owner, at the address on file and at `now_on_file` (of what was changed just now).
    void log_change(Change change, const Grounds& grounds,
                    const std::optional<delivery::Address>& now_on_file = std::nullopt) const;
    // Of one device. A change is told to the owner, as above.
    void log_device(std::variant<Change, AccountEvent> what, Proof proof, const std::string& device) const;
    // Tells nobody.
    void log_event(AccountEvent event, const Grounds& grounds) const;
    void tell_owner(const std::string& sentence,
                    const std::optional<delivery::Address>& now_on_file = std::nullopt) const;
    // Logs it.
    Ended end(Verdict verdict, std::string reason) const;
    // "exempt by rule robots"
    [[nodiscard]] std::string by_rule(const std::string& words) const;
    // There is no line to be written: what was judged or changed has one of its own, or nothing happened.
    Ended end_quietly(Verdict verdict) const { return Ended(verdict); }

  private:
    [[nodiscard]] ChangeEntry entry_of(decltype(ChangeEntry::what) what, const Grounds& grounds) const;
};

// Who is it, and which rule applies. A verdict: the dialogue is over already, and it is logged.
[[nodiscard]] Script<std::optional<Ended>> arrive(Visit& visit);

// The person's record as it is now, with a credential or without; sets `enrolled`, `record` and `method`.
// Reads a decoy's where the person has none: system calls of the same kinds for everybody.
// A verdict: it cannot be told whether they are enrolled, and that is logged. An Account holds keys:
// let go of it before asking.
[[nodiscard]] Script<std::expected<Account, Ended>> read_account(Visit& visit);

// change_record() of the person's own record, locked as begin_enrollment() does. Errors: also of look_at_host(), and
// not_allowed where less may be changed on that host than when this conversation came here.
[[nodiscard]] Script<Result<Kept>> change_own_record(Visit& visit, Decide decide);
// The same, of what the person has asked for: where less may be changed on that host now, they are told so, and where to go.
[[nodiscard]] Script<Result<Kept>> change_as_asked(Visit& visit, Decide decide);

// What was typed, when it was a text.
[[nodiscard]] std::optional<Secret> text_of(Reply reply);
[[nodiscard]] bool says(const Secret& typed, std::string_view word);  // layout and case do not matter

}  // namespace secondstep::dialogue
