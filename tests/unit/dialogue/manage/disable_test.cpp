// Somebody deletes their own second step.
#include "dialogue/manage/manage.h"
#include "unit/dialogue/manage/manage_fixture.h"

namespace secondstep {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using testing::no_answer;
using ::testing::Not;
using testing::Transcript;

using ManageDisable = testing::Manage;

TEST_F(ManageDisable, DisableDeletesTheSecondStep) {
    const Transcript seen = run(Task::disable, {code()});
    EXPECT_EQ(seen.verdict, Verdict::accepted);
    EXPECT_THAT(seen.texts, Contains("Your 2FA settings have been successfully deleted."));
    EXPECT_EQ(seen.texts.back(), changed);
    EXPECT_FALSE(record().credential);
    EXPECT_FALSE(state().enrolled);
    EXPECT_EQ(state().notice.change, Change::disabled);
    EXPECT_EQ(word_of(world_.journal.changes.back()), "disabled");
}

TEST_F(ManageDisable, DisableDoesNotDeleteASecondStepThatIsNew) {
    state().notice = {.change = Change::enrolled, .when = world_.clock.now(), .from = "203.0.113.9"};
    testing::OpenDialogue disable(world_, task(Task::disable));
    disable.type_up_to_the_next_text(code());
    record().credential->authenticators.front().id = {9};
    disable.go_on();
    EXPECT_EQ(disable.verdict(), Verdict::refused);
    EXPECT_EQ(disable.texts().back(), messages::set_up_elsewhere());
    ASSERT_TRUE(record().credential);
    EXPECT_EQ(authenticator(), AuthenticatorId{9});
    EXPECT_EQ(world_.last_decision().reason, "set up elsewhere meanwhile");
    EXPECT_TRUE(world_.journal.changes.empty());
}

TEST_F(ManageDisable, DisableThatIsNotWrittenIsNotCalledDone) {
    testing::OpenDialogue disable(world_, task(Task::disable));
    world_.store->outcome = WriteOutcome::unknown;
    world_.store->writes_happen = false;
    disable.type({code()});
    EXPECT_NE(disable.verdict(), Verdict::accepted);
    EXPECT_THAT(disable.texts(), Each(Not(HasSubstr("deleted"))));
}

TEST_F(ManageDisable, DisableThatTheDiskDidNotConfirmIsDoneAndWarns) {
    world_.store->outcome = WriteOutcome::unconfirmed;
    const Transcript seen = run(Task::disable, {code()});
    EXPECT_EQ(seen.verdict, Verdict::accepted);
    EXPECT_THAT(seen.texts, Contains(HasSubstr("did not confirm")));
    EXPECT_THAT(seen.texts, Contains("Your 2FA settings have been successfully deleted."));
    EXPECT_FALSE(record().credential);
}

TEST_F(ManageDisable, DisableIsForbiddenWhereARuleDemandsASecondStep) {
    const std::string rule = "[rule r]\nusers = alice\n";
    const std::string forbidding[] = {
        "action = require\n",
        "action = enroll\n",
        "allow_self_disable = no\n",
        rule + "action = require\n",
        rule + "action = require\nservices = sshd\n",
        rule + "action = require\nnetworks = 203.0.113.0/24\n",
        rule + "action = enroll\nservices = sshd\nnetworks = local\n",
        rule + "services = sshd\naction = allow\nallow_self_disable = no\n",
    };
    for (const std::string& text : forbidding) {
        configure(text);
        const Transcript seen = run(Task::disable, {});
        EXPECT_EQ(seen.verdict, Verdict::not_allowed) << text;
        EXPECT_EQ(seen.texts, std::vector<std::string>{messages::may_not_disable("")}) << text;
    }
    EXPECT_TRUE(record().credential);
}

TEST_F(ManageDisable, DisableIsAllowedWhereNoRuleAboutThisPersonForbidsIt) {
    const std::string allowing[] = {
        "action = require\nallow_self_disable = yes\n",
        "[rule r]\nusers = bob\naction = require\n",
        "action = require\n[rule r]\nusers = alice\naction = allow\n",
        "[rule r]\nusers = alice\nservices = sshd\naction = allow\n",
    };
    for (const std::string& text : allowing) {
        configure(text);
        EXPECT_EQ(run(Task::disable, {no_answer}).verdict, Verdict::cancelled) << text;
    }
}

}  // namespace
}  // namespace secondstep
