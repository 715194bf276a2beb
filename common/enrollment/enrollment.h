#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "account/credential.h"
#include "account/state.h"
#include "base/clock.h"
#include "base/randomness.h"
#include "enrollment/ignored_options.h"
#include "otp/otpauth_uri.h"
#include "store/account_store.h"

namespace secondstep::dialogue {

struct EnrollmentOptions {
    Method method = Method::totp;  // totp or hotp
    otp::Algorithm algorithm = otp::Algorithm::sha1;
    otp::Digits digits = otp::six_digits();
    otp::Period period = otp::thirty_seconds();
    std::uint64_t counter = 0;  // hotp: the first one
    std::string device_name = "phone";
    std::string issuer{};         // for the label
    std::string label_account{};  // for the label: "alice", or "alice-2" when a label was used before
};

// So many wrong answers end the making of a second step: a code of the new device, one that was sent to the new
// address, a registration code.
inline constexpr unsigned most_wrong_answers = 3;

// A new authenticator that is not stored yet. Used by the tool and by the conversations.
class Enrollment {
  public:
    // 160 random bits of key (RFC 4226 section 4 recommends 160), SHA-256 and SHA-512: as long as the digest.
    [[nodiscard]] static Enrollment draft(const EnrollmentOptions& options, Randomness& randomness);
    // One whose key was made elsewhere, for confirm(); of `options` the method and the counter count.
    [[nodiscard]] static Enrollment of(const EnrollmentOptions& options, Authenticator device);

    [[nodiscard]] Result<Secret> uri() const;  // otpauth://... Errors: invalid, as otp::to_text()
    [[nodiscard]] Secret key_text() const;     // base32 in groups of four

    struct Confirmed {};
    struct Wrong {};
    struct ClockOff {                 // right for another moment within 12 hours
        std::chrono::seconds offset;  // > 0: the device is ahead
    };
    // IgnoredOptions: an app that does not heed what it was asked for. Only the first of them is accepted.
    using Outcome = std::variant<Confirmed, Wrong, ClockOff, IgnoredOptions>;
    // Judges the code that proves the device has the key, as it was typed or pasted; a confirmed one becomes the
    // floor (it cannot be used again to log in). A HOTP device may be up to ten counters ahead. Errors: crypto.
    [[nodiscard]] Result<Outcome> confirm(const Secret& typed, unsigned window, UnixTime now);

    [[nodiscard]] const Authenticator& authenticator() const { return authenticator_; }
    [[nodiscard]] const EnrollmentOptions& options() const { return options_; }
    [[nodiscard]] Enrollment clone() const;

  private:
    explicit Enrollment(EnrollmentOptions options) : options_(std::move(options)) {}
    // Why it is none, as far as that can be told.
    [[nodiscard]] Result<Outcome> explain(const Secret& digits, std::uint64_t step, unsigned window,
                                          UnixTime now) const;
    [[nodiscard]] Result<Outcome> off_by(const Secret& typed, std::uint64_t now, unsigned window) const;
    EnrollmentOptions options_;
    Authenticator authenticator_;
};

// A whole new set of the short or the long form: the codes to be shown once, and what is stored of them.
// About 40 ms per short code. Errors: crypto.
struct NewRecoverySet {
    RecoverySet set;
    std::vector<Secret> codes;
};
[[nodiscard]] Result<NewRecoverySet> make_recovery_set(unsigned count, otp::RecoveryCodeForm form,
                                                       Randomness& randomness);

// The set of the scratch codes that somebody brings from google-authenticator, unused ones: each 8 decimal
// digits, 1 to 16 after what is there twice was dropped. They work until a new set is made. Errors: invalid
// (another shape, none, too many), crypto.
[[nodiscard]] Result<RecoverySet> make_scratch_set(std::span<const Secret> codes, Randomness& randomness);

// The state that goes with no credential: the last steps and the failures stay, so that enrolling again
// revives nothing.
[[nodiscard]] State state_after_removal(State before, ChangeNotice notice);

// `from`: a host, "this machine", "the administrator ..."; loses its control characters and what is too long.
[[nodiscard]] ChangeNotice notice_of(Change change, UnixTime when, std::string_view from);

}  // namespace secondstep::dialogue
