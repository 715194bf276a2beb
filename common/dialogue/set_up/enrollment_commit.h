#pragma once

#include <optional>
#include <string>
#include <vector>

#include "account/credential.h"
#include "dialogue/conversation/script.h"
#include "dialogue/texts/messages.h"
#include "dialogue/visit/visit.h"
#include "enrollment/enrollment.h"

namespace secondstep::dialogue {

// What an enrollment begins from. It is committed only if all of this is still so, so that of two terminals
// exactly one becomes valid and nothing that was used up is used again.
struct EnrollmentBaseline {
    std::vector<AuthenticatorId> authenticators;  // those enrolled; none: not enrolled
    std::optional<OneTimeGrant> registration;     // the code that permitted it; the commit uses it up
    std::optional<Restore> restore;               // the restore it completes
    messages::Replaced before;                    // what becomes void
    unsigned number = 1;                          // of the new entry; the label ends in -2, -3 ...

    [[nodiscard]] static EnrollmentBaseline of(const Account& account);
    // On the answer that permits it: what it names must stand when the enrollment is committed.
    void rest_on(const VerificationOutcome& verified);
    // Whether all of this is still so.
    [[nodiscard]] bool stands(const Account& present) const;
};

enum class EnrollmentOutcome {
    done,
    hung_up,      // nothing changed
    refused,      // nothing changed: three wrong codes; the person was told
    overtaken,    // nothing changed: another terminal was first; the person was told
    unavailable,  // nothing changed; the journal says why
};

// What was confirmed, and takes the place of the second step before: one of the two.
struct NewMethod {
    Method method = Method::totp;
    std::optional<Authenticator> authenticator;
    std::optional<Destination> destination;
};

// In one committed write makes the new method valid, the old one void, and the recovery codes new. Then shows
// those and asks for "saved". Hanging up before the commit changes nothing; hanging up after it is
// remembered, and the next login offers new codes.
class EnrollmentCommit : OutlivesScripts {
  public:
    // `proof`: what permitted it.
    EnrollmentCommit(Visit& visit, EnrollmentBaseline baseline, Proof proof)
        : visit_(visit),
          baseline_(std::move(baseline)),
          proof_(proof),
          write_(visit.ports.randomness->array<std::tuple_size_v<AttemptId>>()) {}

    [[nodiscard]] Script<EnrollmentOutcome> commit(NewMethod method);
    // Nothing is replaced, and the journal knows why. Never after the commit: what was made is shown then.
    [[nodiscard]] EnrollmentOutcome gave_up(const std::string& why) const;

    [[nodiscard]] const EnrollmentBaseline& baseline() const { return baseline_; }
    // What a key or a code that is pending is shown again for: to who proves the same once more, from the
    // same place. Returns nullopt if never: the proof was used up, or proves no more than many could.
    [[nodiscard]] std::optional<std::string> shown_for() const;
    // Of this dialogue alone.
    [[nodiscard]] const AttemptId& id() const { return write_; }

  private:
    [[nodiscard]] State state_with(const Credential& credential, const State& before) const;
    [[nodiscard]] Script<EnrollmentOutcome> was_overtaken();
    [[nodiscard]] Script<EnrollmentOutcome> write(NewMethod method, RecoverySet recovery);

    Visit& visit_;
    EnrollmentBaseline baseline_;
    Proof proof_;
    AttemptId write_;           // minted here, as for every answer that is accepted
    bool unconfirmed_ = false;  // see WriteOutcome
};

// Nothing is changed of somebody's second step, and the journal knows why.
[[nodiscard]] EnrollmentOutcome gave_up_enrolling(const Visit& visit, const std::string& why);

[[nodiscard]] std::string issuer_of(const Visit& visit);
[[nodiscard]] std::string account_label(const Visit& visit, unsigned number);  // "alice-2"
[[nodiscard]] std::string label_of(const Visit& visit, unsigned number);       // "web01:alice-2"

}  // namespace secondstep::dialogue
