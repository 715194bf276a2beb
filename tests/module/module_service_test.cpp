// The built module against the built service: a login from libpam to the store.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "service/installation.h"
#include "service/service_process.h"
#include "stack.h"
#include "support/captured_syslog.h"
#include "support/ordinary_user.h"
#include "support/pam_host.h"

namespace secondstep::testing {
namespace {

using Texts = std::vector<std::string>;
const std::string prompt = "Verification code: ";

// What a login came to, and what was asked.
struct Login {
    int code;
    Texts prompts;
};

Login log_in(const Installation& installation, const std::string& user, Conversation conversation,
             const std::string& arguments = {}) {
    const CapturedSyslog quiet;
    PamHost host(module_alone("socket=" + installation.socket() + " " + arguments), user,
                 std::move(conversation));
    const int code = host.authenticate();
    return {.code = code, .prompts = host.prompts()};
}

Login log_in(const Installation& installation, Texts typed) {
    return log_in(installation, own_name(), typing(std::move(typed)));
}

TEST(ModuleService, RightCodeIsAcceptedOnce) {
    Installation installation;
    const auto enrolled = installation.enroll_self();
    ServiceProcess service(installation);
    const std::string code = code_of(enrolled.key);
    const Login first = log_in(installation, {code});
    EXPECT_EQ(first.code, PAM_SUCCESS);
    EXPECT_EQ(first.prompts, (Texts{prompt}));
    EXPECT_EQ(log_in(installation, {code, code, code}).code, PAM_AUTH_ERR);
}

TEST(ModuleService, OlderCodeIsRefusedAfterANewerOne) {
    Installation installation;
    const auto enrolled = installation.enroll_self();
    ServiceProcess service(installation);
    const std::string older = code_of(enrolled.key, -1);
    ASSERT_EQ(log_in(installation, {code_of(enrolled.key)}).code, PAM_SUCCESS);
    EXPECT_EQ(log_in(installation, {older, older, older}).code, PAM_AUTH_ERR);
}

TEST(ModuleService, ThreeWrongCodesAreRefusedAndTheThirdMayBeRight) {
    Installation installation;
    const auto enrolled = installation.enroll_self();
    ServiceProcess service(installation);
    const std::string wrong = wrong_code(enrolled.key);
    const Login refused = log_in(installation, {wrong, wrong, wrong});
    EXPECT_EQ(refused.code, PAM_AUTH_ERR);
    EXPECT_EQ(refused.prompts.size(), 3U);
    EXPECT_EQ(log_in(installation, {wrong, "", code_of(enrolled.key)}).code, PAM_SUCCESS);
}

TEST(ModuleService, RecoveryCodeIsAcceptedOnce) {
    Installation installation;
    const auto enrolled = installation.enroll_self(3);
    ServiceProcess service(installation);
    const std::string code(enrolled.recovery_codes.at(0).text());
    EXPECT_EQ(log_in(installation, {code}).code, PAM_SUCCESS);
    EXPECT_EQ(log_in(installation, {code, "", ""}).code, PAM_AUTH_ERR);
}

TEST(ModuleService, AnswersThatAreNoCodesAreRefused) {
    Installation installation;
    installation.enroll_self();
    ServiceProcess service(installation);
    for (const std::string& text : {std::string{}, std::string(512, '1'), std::string(513, '1'),
                                    std::string(65536, '1'), std::string("12\n3456")}) {
        const Login login = log_in(installation, {text, text, text});
        EXPECT_EQ(login.code, PAM_AUTH_ERR) << text.size();
        EXPECT_EQ(login.prompts.size(), 3U) << text.size();
    }
}

TEST(ModuleService, NullEndsTheLogin) {
    Installation installation;
    installation.enroll_self();
    ServiceProcess service(installation);
    const Login login = log_in(installation, {});
    EXPECT_EQ(login.code, PAM_CONV_ERR);
    EXPECT_EQ(login.prompts.size(), 1U);
}

TEST(ModuleService, WhoIsNotEnrolledIsIgnoredUnlessThatIsRequired) {
    const Installation allowing;
    const Installation requiring("action = require\n");
    ServiceProcess first(allowing);
    ServiceProcess second(requiring);
    const Login ignored_login = log_in(allowing, {"123456"});
    EXPECT_EQ(ignored_login.code, ignored);
    EXPECT_TRUE(ignored_login.prompts.empty());
    const Login refused = log_in(requiring, {"123456", "123456", "123456"});
    EXPECT_EQ(refused.code, PAM_AUTH_ERR);
    EXPECT_EQ(refused.prompts, (Texts{prompt, prompt, prompt}));
}

TEST(ModuleService, AccountOfSomebodyElseIsRefusedWithoutAQuestion) {
    const Installation installation;
    ServiceProcess service(installation);
    const CapturedSyslog quiet;
    PamHost host(module_alone("socket=" + installation.socket()), "root", typing({"123456"}));
    const OrdinaryUser guard;
    EXPECT_EQ(host.authenticate(), PAM_AUTH_ERR);
    EXPECT_TRUE(host.prompts().empty());
}

TEST(ModuleService, UnknownUserIsAskedLikeAnybody) {
    if (!is_root()) GTEST_SKIP() << "needs root, who may ask for anybody";
    const Installation installation("action = require\n");
    ServiceProcess service(installation);
    for (const std::string& name : {std::string("no-such-person"), std::string{}, std::string(81, 'x'),
                                    std::string(256, 'x'), std::string("../x"), std::string("a\nb")}) {
        const Login login = log_in(installation, name, typing({"123456", "123456", "123456"}));
        EXPECT_EQ(login.code, PAM_AUTH_ERR) << name;
        EXPECT_EQ(login.prompts, (Texts{prompt, prompt, prompt})) << name;
    }
}

TEST(ModuleService, LostCredentialIsAnOutage) {
    Installation installation;
    const auto enrolled = installation.enroll_self();
    ServiceProcess service(installation);
    ASSERT_EQ(::unlink(installation.file("store/users/" + own_name() + ".credential").c_str()), 0);
    const std::string code = code_of(enrolled.key);
    EXPECT_EQ(log_in(installation, {code, code, code}).code, PAM_AUTHINFO_UNAVAIL);
}

TEST(ModuleService, ServiceKilledWhileThePromptStandsIsAnOutage) {
    Installation installation;
    const auto enrolled = installation.enroll_self();
    {
        ServiceProcess service(installation);
        const Login login = log_in(installation, own_name(), [&](const Heard& heard) {
            if (heard.style != PAM_PROMPT_ECHO_OFF) return Said{};  // the hint comes first
            service.signal(SIGKILL);
            service.wait();
            return Said{.text = code_of(enrolled.key)};
        });
        EXPECT_EQ(login.code, PAM_AUTHINFO_UNAVAIL);
    }
    ServiceProcess service(installation);
    EXPECT_EQ(log_in(installation, {code_of(enrolled.key)}).code, PAM_SUCCESS);
}

TEST(ModuleService, CombinedPromptFeedsTheNextModule) {
    Installation installation;
    const auto enrolled = installation.enroll_self();
    ServiceProcess service(installation);
    const TemporaryDirectory directory;
    std::ofstream(directory.file("note")) << "#!/bin/sh\ncat > " << directory.file("password") << "\n";
    ASSERT_EQ(::chmod(directory.file("note").c_str(), 0700), 0);
    const CapturedSyslog quiet;
    PamHost host(module_alone("socket=" + installation.socket() + " prompt=combined") +
                     "\nauth required pam_exec.so expose_authtok quiet " + directory.file("note"),
                 own_name(), typing({"correct horse" + code_of(enrolled.key)}));
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    EXPECT_EQ(host.prompts(), (Texts{"Password and verification code: "}));
    std::ostringstream password;
    password << std::ifstream(directory.file("password")).rdbuf();
    EXPECT_EQ(password.str().substr(0, password.str().find('\0')), "correct horse");
}

}  // namespace
}  // namespace secondstep::testing
