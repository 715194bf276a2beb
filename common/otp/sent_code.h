#pragma once

#include "base/randomness.h"
#include "base/secret.h"
#include "otp/hotp.h"

namespace secondstep::otp {

// A code to be sent by mail or SMS: so many decimal digits, each value as likely as the others.
[[nodiscard]] Secret make_sent_code(Digits digits, Randomness& randomness);

}  // namespace secondstep::otp
