#include "check/login_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/config.h"

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace secondstep::tool {

namespace {

using Sentences = std::vector<std::string>;

Sentences of_sudo(std::optional<SudoAsking> asking) {
    return LoginNotes("sudo", {.sudo = std::move(asking)}).of("alice", "", nullptr, false);
}

TEST(LoginNotes, WhosePhoneSudoAsksFor) {
    EXPECT_THAT(of_sudo(SudoAsking{}), ElementsAre("The phone is that of alice, who calls sudo."));
    EXPECT_THAT(
        of_sudo(SudoAsking{{SudoAsks::target, "/etc/sudoers", 7}, std::nullopt}),
        ElementsAre(AllOf(HasSubstr("not of who calls it, since sudoers has targetpw (/etc/sudoers:7)"),
                          HasSubstr("secondstep explain root --service sudo"))));
    EXPECT_THAT(of_sudo(SudoAsking{{}, Sudoers::Answer{SudoAsks::root, "/etc/sudoers", 9}}),
                ElementsAre(HasSubstr("Of some people sudo asks that of another account: /etc/sudoers:9")));
    EXPECT_THAT(of_sudo(std::nullopt), ElementsAre(HasSubstr("if sudoers has targetpw, rootpw or runaspw")));
}

TEST(LoginNotes, SuAsksForWhomItChangesTo) {
    EXPECT_THAT(LoginNotes("su-l", {}).of("root", "", nullptr, false),
                ElementsAre("The phone is that of root, whom su changes to, whoever calls it."));
    EXPECT_THAT(LoginNotes("login", {}).of("root", "", nullptr, false), IsEmpty());
}

// The terminal of an ssh session is one of this machine.
TEST(LoginNotes, ARuleAboutThisMachineIsAboutSudoInAnSshSessionToo) {
    const auto config = parse_config(
        "[rule console]\nnetworks = local\naction = exempt\n[rule rest]\naction = require\n", "c");
    const Rule* const console = config->rules.rules.data();
    const Rule* const rest = console + 1;
    const auto notes = [](const char* service, const Rule* rule) {
        return LoginNotes(service, {.sudo = SudoAsking{}}).of("alice", "", rule, false);
    };
    EXPECT_THAT(notes("sudo", console), ::testing::Contains(HasSubstr("inside of an ssh session too")));
    EXPECT_THAT(notes("su", console), ::testing::Contains(HasSubstr("rule console is about su")));
    EXPECT_THAT(notes("sudo", rest), Not(::testing::Contains(HasSubstr("ssh session"))));
    EXPECT_THAT(notes("login", console), IsEmpty());
}

TEST(LoginNotes, SshdThatGivesNames) {
    const auto notes = [](LoginNotes::Names names, const char* from, bool about_networks) {
        return LoginNotes("sshd", {.sudo = std::nullopt, .sshd_gives_names = names})
            .of("alice", from, nullptr, about_networks);
    };
    using Names = LoginNotes::Names;
    EXPECT_THAT(notes(Names::yes, "192.0.2.7", true),
                ElementsAre(HasSubstr("sshd has UseDNS yes: it gives")));
    EXPECT_THAT(notes(Names::cannot_tell, "192.0.2.7", true),
                ElementsAre(HasSubstr("If sshd has UseDNS yes,")));
    EXPECT_THAT(notes(Names::no, "192.0.2.7", true), IsEmpty());
    EXPECT_THAT(notes(Names::yes, "192.0.2.7", false), IsEmpty()) << "no rule asks where from";
    EXPECT_THAT(notes(Names::yes, "", true), IsEmpty());
}

}  // namespace

}  // namespace secondstep::tool
