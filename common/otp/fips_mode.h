#pragma once

#include <string>

namespace secondstep::otp {

// Whether the kernel is in FIPS mode: there openssl.cnf says which provider may compute. What cannot be told is yes.
// There is no such file in a kernel without that mode.
[[nodiscard]] bool is_in_fips_mode(const std::string& file = "/proc/sys/crypto/fips_enabled");

}  // namespace secondstep::otp
