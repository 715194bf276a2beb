#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "account/credential.h"
#include "account/factor.h"
#include "account/source.h"
#include "account/state.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"

namespace secondstep {

// 6 to 8 decimal digits, spaces and dashes already taken out: an authenticator's code, or a scratch code.
struct OtpAnswer {
    Secret digits;
};
// 8 decimal digits, typed where a recovery code is asked for: a scratch code or nothing.
struct ScratchAnswer {
    Secret digits;
    bool for_restore = false;  // as in RecoveryAnswer
};
// The digest of a recovery code of the short or the long form, computed before the lock was taken (scrypt
// takes 40 ms), and the set whose pepper and salt it was computed with: another set in between means the
// digest says nothing.
struct RecoveryAnswer {
    RecoverySetId set{};
    otp::RecoveryCodeForm form{};
    Digest digest{};
    // Typed to set up a new authenticator, and not to log in: a right one opens a Restore, and one that has
    // opened it may resume it.
    bool for_restore = false;
};
// The digest of a temporary code, made with grant_digest() for the state that is judged.
struct TemporaryAnswer {
    Digest digest{};
};
// The digest of what may be the code that was sent, and what it was typed in; both made with sent_code.h for
// the state that is judged. And the digits, which may be a scratch code.
struct SentAnswer {
    Digest digest{};
    SentCodeBinding binding{};
    Secret digits{};
};
using Answer = std::variant<OtpAnswer, ScratchAnswer, RecoveryAnswer, TemporaryAnswer, SentAnswer>;

// Why. For the log and the tool; a person at a prompt sees the same words whatever it is.
enum class Reason : std::uint8_t {
    right,  // accepted
    wrong,
    replayed,         // a code or step that was accepted before (or an older one); not counted as a failure
    throttled,        // not judged: waiting
    closed,           // not judged: 100 failures, or closed after damage
    resynchronising,  // HOTP: the first of two codes beyond the look-ahead; counted as a failure
    stale,            // not judged: the recovery set changed while the digest was computed
    no_method,        // the account has no authenticator of the answered kind
    expired,          // the code that was given out, too late; counted as a failure
};
[[nodiscard]] std::string_view to_text(Reason reason);

struct VerifyLimits {
    unsigned window = 1;               // TOTP: steps before and after the current one; 0 to 10
    unsigned look_ahead = 10;          // HOTP
    unsigned resync_look_ahead = 100;  // HOTP: two consecutive codes
};

struct VerifyResult {
    bool counted = false;  // as a failure
    Reason reason = Reason::wrong;
    Factor factor = Factor::authenticator;
    std::optional<AuthenticatorId> device{};  // whose code was accepted
    // To be written durably, whatever the verdict, before anything is revealed: right and wrong answers cost
    // the same system calls.
    State next;

    [[nodiscard]] bool accepted() const { return reason == Reason::right; }
};

// THE HEART. Pure; no I/O, no clock, no randomness. What it guarantees:
// - a TOTP step is accepted only if greater than every step accepted before and than the authenticator's
//   floor (RFC 6238 section 5.2: the second use is refused), and within `window` of now;
// - a HOTP counter likewise, within the look-ahead (RFC 4226 section 7.4); a wrong code does not move it;
// - a recovery code is accepted once; after that it may resume the restore it was typed for, for 30 minutes
//   from the same source;
// - a temporary code is accepted once, until its end;
// - a sent code is accepted once, until its end, with the binding it was sent for, and not after three wrong
//   answers with that binding (NIST SP 800-63B-4 section 3.1.3.2: valid for at most 10 minutes, once);
// - a scratch code is accepted once, as a recovery code is, and held back as an authenticator's code is:
//   by 26 bits nobody gets out of a throttle, and none of it opens a counter that a hundred failures have
//   closed. A code that is both is the authenticator's;
// - a code that several devices show (an import may bring one key twice) is used up for all of them;
// - every candidate of every authenticator is computed and compared in constant time, also after a match;
// - while the counter of `source` waits nothing is judged and nothing is lengthened.
//   A wait that a clock ahead of its time made too long is stored shortened to 60 minutes from now.
//   Recovery codes of the short and the long form are judged all the same, and wrong ones are not failures:
//   they are the way out, and of 80 bits nothing is guessed (NIST SP 800-63B-4 section 3.1.2.2 asks
//   for a throttle below 64);
// - success clears the counter that applied to `source`, and only that one; the failures of the last 24 hours
//   (recent_failures.h) it clears never.
// Errors: crypto.
[[nodiscard]] Result<VerifyResult> verify(const Credential& credential, const State& state,
                                          const Source& source, const Answer& answer,
                                          const VerifyLimits& limits, const AttemptId& attempt, UnixTime now);

inline constexpr std::chrono::seconds restore_time = std::chrono::minutes{30};

// The code that permits an enrollment; for people who may have no second step. A right one changes nothing in
// the state: it is used up by the enrollment's own write. Wrong ones count as
// failures like every other code.
[[nodiscard]] VerifyResult verify_registration(const State& state, const Source& source, const Digest& digest,
                                               UnixTime now);

// The counter that applies to `source` (a known source's own, or the one of its kind). For status and tests.
[[nodiscard]] const Failures& failures_of(const State& state, const Source& source, UnixTime now);

}  // namespace secondstep
