#include "installation/fips_checkup.h"

#include "otp/fips_mode.h"
#include "otp/kdf.h"

namespace secondstep::tool {

namespace {

// The smallest there is: what is asked is whether a provider has it.
bool computes_scrypt() {
    const Bytes nothing(16);
    return otp::scrypt(nothing, nothing, otp::ScryptCost{.n = 2, .r = 1, .p = 1}, 32).has_value();
}

}  // namespace

std::optional<Diagnosis> about_fips_mode(bool is_on, bool has_scrypt) {
    if (!is_on) return std::nullopt;
    if (has_scrypt)
        return warning("FIPS mode",
                       "recovery codes are stored as scrypt makes them, which is not approved (SP 800-132 "
                       "has PBKDF2 alone); the codes of apps and tokens are HMAC, which is",
                       "ask whoever demands FIPS mode whether that is allowed");
    return wrong(
        "FIPS mode",
        "libcrypto has no scrypt here, with which recovery codes are stored: nobody can be enrolled, "
        "and recovery codes are not accepted; codes of apps and tokens are",
        "no way is known but to do without FIPS mode");
}

void check_fips_mode(Diagnoses& findings, const std::string& fips_mode) {
    if (const auto found = about_fips_mode(otp::is_in_fips_mode(fips_mode), computes_scrypt()))
        findings.push_back(*found);
}

}  // namespace secondstep::tool
