// The account phase: who must enroll does so here.

#include "dialogue/first_login.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "account/one_time_grant.h"
#include "dialogue/messages.h"
#include "unit/dialogue/login_world.h"

namespace secondstep {
namespace {

using dialogue::Purpose;
using dialogue::Request;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using testing::LoginWorld;
using testing::no_answer;
using ::testing::Not;
using testing::Transcript;
using testing::Typed;

// A person without a second step under a rule that enrolls him.
class FirstLogin : public ::testing::Test {
  protected:
    FirstLogin() {
        world_.add_person("bob", 1001);
        world_.configure("action = enroll\nenrollment = open\n");
    }

    Request request() {
        Request request = world_.request("bob");
        request.purpose = Purpose::account;
        return request;
    }
    Transcript log_in(const std::vector<Typed>& answers) { return world_.login(request(), answers); }

    // The key that the next enrollment shows to bob: the one that is pending.
    std::string code_of_the_shown_key(int steps = 0) {
        const auto draft = world_.pending.find_or(record_, source_, world_.steady, [this] {
            return dialogue::Enrollment::draft({}, world_.randomness);
        });
        return world_.code_of(draft.authenticator().key, steps);
    }
    std::string invite(std::chrono::seconds time = std::chrono::hours{24}) {
        const Secret code = otp::make_one_time_code(world_.randomness);
        world_.store->record("bob").state.registration =
            make_grant(*world_.keyring, record_, GrantKind::registration,
                       *otp::normalize_one_time_code(code.text()), world_.clock.now() + time)
                .value();
        return std::string(code.text());
    }
    const State& state() { return world_.store->record("bob").state; }
    bool is_enrolled() { return world_.store->record("bob").credential.has_value(); }

    LoginWorld world_;
    RecordName record_ = RecordName::of(*AccountName::create("bob"));
    Source source_ = *source_of_rhost("192.0.2.7", SourceKind::address);
};

TEST_F(FirstLogin, EnrollsAndTheCodeThatConfirmedIsUsedUp) {
    const std::string code = code_of_the_shown_key();
    const Transcript login = log_in({"t", code, "saved"});
    EXPECT_EQ(login.verdict, Verdict::accepted);
    EXPECT_THAT(login.texts, Contains(HasSubstr("2FA method is set to TOTP.")));
    ASSERT_TRUE(is_enrolled());
    EXPECT_TRUE(state().enrolled);
    EXPECT_FALSE(state().recovery.not_saved);
    EXPECT_EQ(state().notice.change, Change::enrolled);
    EXPECT_EQ(state().notice.from, "192.0.2.7");
    EXPECT_EQ(world_.journal.changes.back().proof, "open");
    EXPECT_EQ(world_.login("bob", {code, no_answer}).verdict, Verdict::cancelled);
    world_.pass(std::chrono::seconds{30});
    EXPECT_EQ(world_.login("bob", {world_.code("bob")}).verdict, Verdict::accepted);
}

TEST_F(FirstLogin, TheOwnerIsToldOnceOfTheChange) {
    ASSERT_EQ(log_in({"t", code_of_the_shown_key(), "saved"}).verdict, Verdict::accepted);
    world_.pass(std::chrono::seconds{30});
    const Transcript told = world_.login("bob", {world_.code("bob")});
    EXPECT_THAT(told.texts, Contains(HasSubstr("was changed on")));
    world_.pass(std::chrono::seconds{30});
    EXPECT_THAT(world_.login("bob", {world_.code("bob")}).texts, Each(Not(HasSubstr("was changed on"))));
}

}  // namespace
}  // namespace secondstep
