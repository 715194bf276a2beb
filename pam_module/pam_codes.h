#pragma once

#include <security/pam_modules.h>

#include "base/error.h"
#include "base/verdict.h"

// What libpam is told. The switches have no `default`, so a new enumerator does not compile before somebody
// has decided about it; what follows them is reached only by a number that is no enumerator.
namespace secondstep::module {

[[nodiscard]] constexpr int pam_code(Verdict verdict) noexcept {
    switch (verdict) {
        case Verdict::accepted:
            return PAM_SUCCESS;
        case Verdict::refused:
            return PAM_AUTH_ERR;
        case Verdict::not_needed:
            return PAM_IGNORE;  // the only way to PAM_IGNORE out of pam_sm_authenticate
        case Verdict::unavailable:
            return PAM_AUTHINFO_UNAVAIL;
        case Verdict::cancelled:
            return PAM_CONV_ERR;
        // A refusal, not an outage: `[authinfo_unavail=ignore]`, which a site may write for the time a store
        // is down, must not let in whoever asks for an account that they may not ask for.
        case Verdict::not_allowed:
            return PAM_AUTH_ERR;
        case Verdict::misconfigured:
            return PAM_SERVICE_ERR;
    }
    return PAM_SYSTEM_ERR;
}

// Whoever has authenticated and may not go on is denied, whatever the reason; an outage stays one.
[[nodiscard]] constexpr int account_code(Verdict verdict) noexcept {
    switch (verdict) {
        case Verdict::accepted:
            return PAM_SUCCESS;
        case Verdict::not_needed:
            return PAM_IGNORE;
        case Verdict::refused:
        case Verdict::cancelled:
        case Verdict::not_allowed:
            return PAM_PERM_DENIED;
        case Verdict::unavailable:
            return PAM_AUTHINFO_UNAVAIL;
        case Verdict::misconfigured:
            return PAM_SERVICE_ERR;
    }
    return PAM_SYSTEM_ERR;
}

// No failure says anything about a person, so none is PAM_SUCCESS, PAM_IGNORE or PAM_AUTH_ERR, but one: a
// name too long for a message is not an account's name (and would otherwise be an outage anybody can cause).
[[nodiscard]] constexpr int pam_code(Errc error) noexcept {
    switch (error) {
        case Errc::invalid:
            return PAM_SERVICE_ERR;
        case Errc::too_large:
            return PAM_AUTH_ERR;
        case Errc::not_found:
        case Errc::exists:
        case Errc::not_allowed:
        case Errc::untrusted:
        case Errc::damaged:
        case Errc::unsupported:
        case Errc::busy:
        case Errc::no_space:
        case Errc::read_only:
        case Errc::io:
        case Errc::unreachable:
        case Errc::timed_out:
        case Errc::closed:
        case Errc::crypto:
            return PAM_AUTHINFO_UNAVAIL;
    }
    return PAM_SYSTEM_ERR;
}

}  // namespace secondstep::module
