#pragma once

#include <string>

#include "base/error.h"

namespace secondstep::otp {

// Sets libcrypto up for a process that lives for one login, whose person waits for every part of it. To be called
// before anything else of libcrypto, by no thread but the first. Left out is what such a process never uses, and which
// takes longer than the whole login: the parsing of openssl.cnf, the texts of its errors, the names of algorithms from
// before its providers, the tidying up at exit, and every cipher and digest but those that are used here.
//
// Where the machine is in FIPS mode nothing is left out but the tidying up: there openssl.cnf says which provider may
// compute, and a login must not be judged by another one. So it is where that cannot be told. `fips_mode` is the
// kernel's word on it; there is no such file in a kernel without that mode.
//
// Errors: crypto (the process cannot compute anything then).
[[nodiscard]] Result<void> start_libcrypto_for_one_login(
    const std::string& fips_mode = "/proc/sys/crypto/fips_enabled");

}  // namespace secondstep::otp
