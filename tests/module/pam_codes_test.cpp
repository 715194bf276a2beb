#include "pam_codes.h"

#include <gtest/gtest.h>

namespace secondstep::module {
namespace {

constexpr int first_error = static_cast<int>(Errc::invalid);
constexpr int last_error = static_cast<int>(Errc::crypto);

TEST(PamCodes, NoErrorLetsAnybodyIn) {
    for (int error = first_error; error <= last_error; ++error) {
        const int code = pam_code(static_cast<Errc>(error));
        EXPECT_NE(code, PAM_SUCCESS) << error;
        EXPECT_NE(code, PAM_IGNORE) << error;
    }
}

TEST(PamCodes, OnlyAcceptedIsSuccessAndOnlyNotNeededIsIgnored) {
    for (int verdict = 1; verdict <= 7; ++verdict) {
        const int code = pam_code(static_cast<Verdict>(verdict));
        EXPECT_EQ(code == PAM_SUCCESS, static_cast<Verdict>(verdict) == Verdict::accepted) << verdict;
        EXPECT_EQ(code == PAM_IGNORE, static_cast<Verdict>(verdict) == Verdict::not_needed) << verdict;
    }
}

TEST(PamCodes, EveryVerdictHasTheDocumentedCode) {
    EXPECT_EQ(pam_code(Verdict::refused), PAM_AUTH_ERR);
    EXPECT_EQ(pam_code(Verdict::unavailable), PAM_AUTHINFO_UNAVAIL);
    EXPECT_EQ(pam_code(Verdict::cancelled), PAM_CONV_ERR);
    EXPECT_EQ(pam_code(Verdict::not_allowed), PAM_AUTH_ERR);
    EXPECT_EQ(pam_code(Verdict::misconfigured), PAM_SERVICE_ERR);
}

TEST(PamCodes, AfterAuthenticationARefusalIsADenialAndAnOutageStaysOne) {
    EXPECT_EQ(account_code(Verdict::accepted), PAM_SUCCESS);
    EXPECT_EQ(account_code(Verdict::not_needed), PAM_IGNORE);
    EXPECT_EQ(account_code(Verdict::refused), PAM_PERM_DENIED);
    EXPECT_EQ(account_code(Verdict::cancelled), PAM_PERM_DENIED);
    EXPECT_EQ(account_code(Verdict::not_allowed), PAM_PERM_DENIED);
    EXPECT_EQ(account_code(Verdict::unavailable), PAM_AUTHINFO_UNAVAIL);
    EXPECT_EQ(account_code(Verdict::misconfigured), PAM_SERVICE_ERR);
}

TEST(PamCodes, FailuresAreOutagesUnlessTheRequestWasWrong) {
    for (int error = first_error; error <= last_error; ++error) {
        const int code = pam_code(static_cast<Errc>(error));
        switch (static_cast<Errc>(error)) {
            case Errc::invalid:
                EXPECT_EQ(code, PAM_SERVICE_ERR);
                break;
            case Errc::too_large:
                EXPECT_EQ(code, PAM_AUTH_ERR);
                break;
            default:
                EXPECT_EQ(code, PAM_AUTHINFO_UNAVAIL) << error;
        }
    }
}

TEST(PamCodes, NumbersThatAreNoEnumeratorsAreSystemErrors) {
    EXPECT_EQ(pam_code(static_cast<Verdict>(0)), PAM_SYSTEM_ERR);
    EXPECT_EQ(pam_code(static_cast<Verdict>(8)), PAM_SYSTEM_ERR);
    EXPECT_EQ(account_code(static_cast<Verdict>(0)), PAM_SYSTEM_ERR);
    EXPECT_EQ(account_code(static_cast<Verdict>(8)), PAM_SYSTEM_ERR);
    EXPECT_EQ(pam_code(static_cast<Errc>(last_error + 1)), PAM_SYSTEM_ERR);
}

}  // namespace
}  // namespace secondstep::module
