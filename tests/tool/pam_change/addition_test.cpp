#include "pam_change/addition.h"

#include <gmock/gmock.h>

#include "pam_change/removal.h"
#include "pam_change/stack_fixture.h"
#include "pam_change/unified_diff.h"

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

namespace secondstep::testing {

namespace {

using tool::Addition;
using tool::Facility;
using tool::FirstStep;
using tool::Likeness;
using tool::ServiceText;

constexpr auto added = Likeness::with_the_code_added;
constexpr const char* code =
    "auth       [success=ok ignore=ignore default=die]  pam_secondstep.so first_factor=passed enroll=account\n";

std::vector<Addition> additions(const StackFixture& files, FirstStep first = FirstStep::password) {
    return tool::additions_to(ServiceText(files.text("sshd")), files.stack("sshd"), first);
}

std::string text_with(const StackFixture& files, const Addition& addition) {
    return ServiceText(files.text("sshd")).with(addition.changes);
}

bool is_proved(const StackFixture& files, const std::string& text) {
    const auto before = files.stack("sshd");
    const auto after = files.stack_with("sshd", text);
    return !tool::difference(before, after, Facility::auth, added) &&
           !tool::difference(before, after, Facility::account, added);
}

TEST(Addition, IsOneLineBehindTheIncludeOfDebianAndOneBeforeTheAccountsInclude) {
    const StackFixture files = distributions().at("Debian");
    const std::string text = text_with(files, additions(files).front());
    EXPECT_THAT(text, HasSubstr(std::string("@include common-auth\n") + code));
    EXPECT_THAT(text, HasSubstr("account    required     pam_nologin.so\n"
                                "account    required     pam_secondstep.so\n@include common-account\n"));
    EXPECT_TRUE(is_proved(files, text));
}

TEST(Addition, KeepsWhoGetsInByOneOfThemOnEveryDistribution) {
    for (const auto& [name, files] : distributions()) {
        const auto all = additions(files);
        EXPECT_TRUE(std::ranges::any_of(all, [&](const Addition& each) {
            return each.with_account && is_proved(files, text_with(files, each));
        })) << name;
    }
}

// In a substack a refusal ends the substack alone: what it holds is written out, and sssd is kept. pam_env may step
// aside, and then only pam_permit says yes for who needs no code: the form without it is not proved.
TEST(Addition, WritesOutWhatASubstackHolds) {
    const StackFixture files = distributions().at("RHEL");
    const std::string written =
        "auth [success=2 default=ignore] pam_unix.so nullok\n"
        "auth [success=1 default=ignore] pam_sss.so forward_pass\n"
        "auth requisite pam_deny.so\n" +
        std::string(code);
    std::vector<bool> proved;
    for (const Addition& each : additions(files)) {
        const std::string text = text_with(files, each);
        const std::size_t at = text.find(written);
        if (at == std::string::npos || text.find("required pam_env.so") == std::string::npos) continue;
        EXPECT_THAT(each.cost, HasSubstr("password-auth"));
        EXPECT_THAT(text, HasSubstr("# was: auth       substack     password-auth\n"));
        const bool permits = text.compare(at + written.size(), 28, "auth       required     pam_") == 0;
        EXPECT_EQ(is_proved(files, text), permits) << text;
        proved.push_back(permits);
    }
    EXPECT_THAT(proved, Contains(true));
}

TEST(Addition, OfAKeyPutsTheCodeInPlaceOfThePassword) {
    const StackFixture files = distributions().at("Debian");
    const auto all = additions(files, FirstStep::key);
    ASSERT_FALSE(all.empty());
    const std::string text = text_with(files, all.front());
    EXPECT_THAT(text, HasSubstr(std::string("# was: @include common-auth\n") + code +
                                "auth       required     pam_permit.so\n"));
    EXPECT_THAT(text, Not(HasSubstr("\n@include common-auth")));
    EXPECT_TRUE(tool::stands_for_a_password(ServiceText(text)));
}

TEST(Addition, IsTakenAwayToTheByte) {
    for (const auto& [name, files] : distributions())
        for (const FirstStep first : {FirstStep::password, FirstStep::key})
            for (const Addition& each : additions(files, first)) {
                const std::string text = text_with(files, each);
                const auto removed = tool::without_second_step(ServiceText(text));
                ASSERT_TRUE(removed) << name << ": " << removed.error().detail << "\n" << text;
                EXPECT_EQ(*removed, files.text("sshd")) << name;
            }
}

TEST(Removal, RefusesWhereAJumpMayCountTheLine) {
    const auto removed = tool::without_second_step(
        ServiceText("auth requisite pam_unix.so\n"
                    "auth [success=1 default=ignore] pam_succeed_if.so user = emergency\n"
                    "auth required pam_secondstep.so\n"));
    ASSERT_FALSE(removed);
    EXPECT_THAT(removed.error().detail, HasSubstr("line 2 jumps"));
    EXPECT_EQ(tool::without_second_step(ServiceText("auth required pam_unix.so\n")).error().code,
              Errc::not_found);
}

TEST(Removal, RefusesABlockThatIsNotWholeAnyMore) {
    const std::string begin(tool::block_begin);
    const std::string end = "\n" + std::string(tool::block_end) + "\n";
    for (const std::string& rest : std::vector<std::string>{"\n# was: auth include x\n", end})
        EXPECT_FALSE(
            tool::without_second_step(ServiceText(begin + rest + "auth required pam_secondstep.so\n")));
}

// The comparison sees what it is there for.
TEST(Equivalence, FindsWhoIsShutOutLetInOrNotRefused) {
    StackFixture files;
    files.put("sshd", "auth requisite pam_unix.so\n");
    const auto differs = [&files](const std::string& text) {
        return tool::difference(files.stack("sshd"), files.stack_with("sshd", text), Facility::auth, added)
            .has_value();
    };
    EXPECT_FALSE(differs("auth requisite pam_unix.so\nauth required pam_secondstep.so\n"));
    EXPECT_TRUE(
        differs("auth requisite pam_unix.so\nauth required pam_secondstep.so\nauth required pam_deny.so\n"));
    EXPECT_TRUE(differs("auth requisite pam_unix.so\nauth [default=die] pam_secondstep.so\n"));
    EXPECT_TRUE(differs("auth requisite pam_unix.so\nauth sufficient pam_secondstep.so\n"));
    EXPECT_TRUE(differs("auth sufficient pam_secondstep.so\nauth requisite pam_unix.so\n"));
    EXPECT_TRUE(differs("auth required pam_secondstep.so\n"));
}

TEST(Equivalence, SeesAStackThatAsksForNothing) {
    StackFixture files;
    files.put("open", "auth required pam_permit.so\n");
    files.put("closed", "auth required pam_unix.so\nauth required pam_permit.so\n");
    EXPECT_TRUE(tool::lets_everybody_in(files.stack("open")));
    EXPECT_FALSE(tool::lets_everybody_in(files.stack("closed")));
}

TEST(UnifiedDiff, IsWhatDiffShows) {
    const std::string before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    const std::string after = "1\n2\n3\n4\nnew\n5\n6\n7\n8\n9\n";
    EXPECT_EQ(tool::unified_diff("/f", before, after),
              "--- /f\n+++ /f\n@@ -2,6 +2,7 @@\n 2\n 3\n 4\n+new\n 5\n 6\n 7\n");
    EXPECT_EQ(tool::unified_diff("/f", before, before), "");
    EXPECT_EQ(tool::unified_diff("/f", std::nullopt, "a\n"), "--- /dev/null\n+++ /f\n@@ -0,0 +1 @@\n+a\n");
}

}  // namespace

}  // namespace secondstep::testing
