#pragma once

#include <expected>
#include <optional>

#include "dialogue/conversation/script.h"
#include "dialogue/set_up/saved_codes.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// What was typed, as something that can be judged. Returns nullopt if it does not look like a code.
[[nodiscard]] std::optional<Verification::Code> any_code_in(TypedAnswer answer);

// What an accepted answer proves. One that was only accepted once more proves nothing new.
[[nodiscard]] Proof proof_of(const VerificationOutcome& verified);
// As it stood when the answer was judged.
[[nodiscard]] EnrollmentState enrollment_state_of(const VerificationOutcome& verified);

struct PresentStep {
    Proof proof = Proof::none;
    AuthenticatorIds authenticators;
};

// Asks a person who has arrived and is enrolled for their present second step, an authenticator's code or a
// recovery code, as often as `tries` says: before what they asked for changes their account or hands a
// secret of it out. Returns which one it was, to be compared when that is done (somebody may have set up
// another one meanwhile). A verdict: it was not shown; `cancelled` and `unavailable` have been logged, and
// every answer that was judged.
[[nodiscard]] Script<std::expected<PresentStep, Ended>> prove(Visit& visit);

// The same, asked once, of somebody who has to enroll again and has proved nothing:
// any code that they have, the registration code for it too. Returns nullopt if it was not shown;
// every answer that was judged is logged.
[[nodiscard]] Script<std::optional<VerificationOutcome>> prove_once(Visit& visit);

}  // namespace secondstep::dialogue
