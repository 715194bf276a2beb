#pragma once

#include <optional>
#include <string>

#include "installation/diagnosis.h"

namespace secondstep::tool {

// What FIPS mode means for recovery codes, which are stored as scrypt makes them: that is none of the functions which
// are approved there. Says nothing elsewhere.
void check_fips_mode(Diagnoses& findings, const std::string& fips_mode = "/proc/sys/crypto/fips_enabled");

// `has_scrypt`: whether libcrypto computes it here.
[[nodiscard]] std::optional<Diagnosis> about_fips_mode(bool is_on, bool has_scrypt);

}  // namespace secondstep::tool
