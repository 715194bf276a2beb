// Every row of the table of PAM codes that a service can produce, seen from libpam.
#include <gtest/gtest.h>
#include <syslog.h>

#include "fake_service.h"
#include "stack.h"
#include "support/captured_syslog.h"
#include "support/pam_host.h"

namespace secondstep::testing {
namespace {

int code_for(Verdict verdict, std::string (*stack)(const std::string&) = module_alone) {
    const FakeService service([verdict](Peer& peer) { peer.asks_once(verdict); });
    PamHost host(stack("socket=" + service.socket()), "alice", typing({"492039"}));
    return host.authenticate();
}

TEST(Verdicts, BecomeTheDocumentedCodes) {
    EXPECT_EQ(code_for(Verdict::accepted), PAM_SUCCESS);
    EXPECT_EQ(code_for(Verdict::refused), PAM_AUTH_ERR);
    EXPECT_EQ(code_for(Verdict::not_needed), ignored);
    EXPECT_EQ(code_for(Verdict::unavailable), PAM_AUTHINFO_UNAVAIL);
    EXPECT_EQ(code_for(Verdict::cancelled), PAM_CONV_ERR);
    EXPECT_EQ(code_for(Verdict::not_allowed), PAM_AUTH_ERR);
    EXPECT_EQ(code_for(Verdict::misconfigured), PAM_SERVICE_ERR);
}

TEST(Verdicts, NotNeededStepsAsideInAStackThatIgnoresIt) {
    EXPECT_EQ(code_for(Verdict::not_needed, module_then_permit), PAM_SUCCESS);
    EXPECT_EQ(code_for(Verdict::accepted, module_then_permit), PAM_SUCCESS);
    for (const Verdict verdict : {Verdict::refused, Verdict::unavailable, Verdict::cancelled,
                                  Verdict::not_allowed, Verdict::misconfigured}) {
        EXPECT_NE(code_for(verdict, module_then_permit), PAM_SUCCESS);
    }
}

TEST(Verdicts, NotNeededIsLogged) {
    const CapturedSyslog log;
    EXPECT_EQ(code_for(Verdict::not_needed), ignored);
    ASSERT_EQ(log.lines().size(), 1U);
    EXPECT_EQ(log.lines()[0].priority, LOG_AUTHPRIV | LOG_INFO);
    EXPECT_NE(log.lines()[0].text.find("no second step is asked of alice"), std::string::npos);
}

TEST(Verdicts, UnavailableIsLogged) {
    const CapturedSyslog log;
    EXPECT_EQ(code_for(Verdict::unavailable), PAM_AUTHINFO_UNAVAIL);
    ASSERT_EQ(log.lines().size(), 1U);
    EXPECT_EQ(log.lines()[0].priority, LOG_AUTHPRIV | LOG_ERR);
}

TEST(Verdicts, CredentialsAreSetWithoutAService) {
    const FakeService service([](Peer& peer) { peer.asks_once(Verdict::accepted); });
    PamHost host(module_alone("socket=" + service.socket()), "alice", typing({"492039"}));
    ASSERT_EQ(host.authenticate(), PAM_SUCCESS);
    const std::size_t before = host.heard().size();
    for (const unsigned flag :
         {PAM_ESTABLISH_CRED, PAM_REINITIALIZE_CRED, PAM_REFRESH_CRED, PAM_DELETE_CRED}) {
        EXPECT_EQ(host.set_credentials(static_cast<int>(flag)), PAM_SUCCESS);
    }
    EXPECT_EQ(host.heard().size(), before);
}

TEST(Verdicts, BadArgumentsAreAServiceErrorInBothPhasesAndAllAreLogged) {
    const FakeService service([](Peer& peer) { peer.asks_once(Verdict::accepted); });
    const CapturedSyslog log;
    PamHost host(module_alone("socket=" + service.socket() + " nullok first_factor=maybe enroll=always"),
                 "alice", typing({"492039"}));
    EXPECT_EQ(host.authenticate(), PAM_SERVICE_ERR);
    EXPECT_EQ(log.lines().size(), 3U);
    EXPECT_EQ(host.account(), PAM_SERVICE_ERR);
    EXPECT_EQ(log.lines().size(), 6U);
    EXPECT_NE(log.text().find("nullok"), std::string::npos);
    EXPECT_NE(log.text().find("first_factor=maybe"), std::string::npos);
    EXPECT_NE(log.text().find("enroll=always"), std::string::npos);
    EXPECT_TRUE(host.heard().empty());
}

}  // namespace
}  // namespace secondstep::testing
