#pragma once

#include <string_view>
#include <variant>

#include "base/secret.h"
#include "otp/one_time_code.h"
#include "otp/recovery_codes.h"

namespace secondstep::dialogue {

// What a person typed or pasted at the code prompt, by its shape alone; nothing here depends on the account. What of
// it is layout, base/pasted_text.h says.
//   "492 039", "Code: 492-039."    => TypedOtp 492039; with 8 digits it may be a scratch code:
//                                     the account says so
//   "7k3m 9qxt 2hvb w4zd"          => a recovery code
//   "7K3M9-QXT2H"                  => a temporary code; only with its dash or a space, since ten letters
//                                     and digits without one may be a password
//   " ? "                          => AskedForHelp
//   "492039 118204"                => SeveralCodes: which one is meant cannot be told; not judged
//   "hunter2", "", "12345"         => NotACode: carries no information about the code and is not judged
struct TypedOtp {
    Secret digits;  // 6 to 8
};
struct AskedForHelp {};
struct SeveralCodes {};
struct NotACode {};
// What sshd puts in the place of whatever was typed when it refuses somebody in its own
// words (fake_password() in its auth-pam.c): root unless PermitRootLogin is yes, DenyUsers,
// a user it does not know. It repeats "\b\n\r\177INCORRECT" to the length of what was typed.
struct ReplacedBySshd {};
using TypedAnswer = std::variant<NotACode, SeveralCodes, AskedForHelp, ReplacedBySshd, TypedOtp,
                                 otp::NormalizedRecoveryCode, otp::OneTimeCode>;

[[nodiscard]] TypedAnswer classify(std::string_view typed);

}  // namespace secondstep::dialogue
