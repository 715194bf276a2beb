#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/dialogue/conversation.h"

namespace secondstep {
namespace {

using std::chrono::seconds;
using testing::Conversation;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Transcript;

// sshd: told at the start of the session, not after the answer.
class ToldLater : public Conversation {
  protected:
    ToldLater() {
        state().notice = {.change = Change::enrolled, .when = world_.clock.now(), .from = "203.0.113.9"};
    }
    std::vector<std::string> told_after(const std::string& answer) {
        dialogue::Request request = this->request();
        request.told_later = true;
        const Transcript login = world_.login(request, {answer});
        EXPECT_EQ(login.verdict, Verdict::accepted);
        EXPECT_THAT(login.texts, ElementsAre("Verification code: "));
        return told();
    }
    std::vector<std::string> told(dialogue::Caller caller = dialogue::Caller::root) {
        dialogue::Request request = in_account_phase();
        request.told_later = true;
        request.caller = caller;
        request.uid = 1000;
        const Transcript session = world_.login(request, {});
        EXPECT_EQ(session.verdict, Verdict::not_needed);
        return session.texts;
    }
};

TEST_F(ToldLater, ANoticeAndTheCodesThatAreLeft) {
    EXPECT_THAT(told_after(recovery_code(0)),
                ElementsAre(::testing::AllOf(HasSubstr("Accepted. 2 recovery codes left."),
                                             HasSubstr("Your second step was changed"))));
}

TEST_F(ToldLater, ANoticeAlone) {
    EXPECT_THAT(told_after(code()), ElementsAre(HasSubstr("Your second step was changed")));
}

TEST_F(ToldLater, ANoticeThatIsOverAtTheFirstLoginToo) {
    state().notice.when -= std::chrono::hours{48};
    EXPECT_THAT(told_after(code()), ElementsAre(HasSubstr("Your second step was changed")));
    world_.pass(seconds{60});
    EXPECT_THAT(told_after(code()), IsEmpty());
}

TEST_F(ToldLater, NothingWhereNothingIsToBeSaid) {
    state().notice = {};
    EXPECT_THAT(told_after(code()), IsEmpty());
}

TEST_F(ToldLater, NothingToWhoDidNotLogInJustNow) {
    EXPECT_THAT(told(), IsEmpty());
    static_cast<void>(log_in({code()}));
    world_.pass(seconds{121});
    EXPECT_THAT(told(), IsEmpty());
}

TEST_F(ToldLater, NothingToAProgramOfTheUser) {
    static_cast<void>(log_in({code()}));
    EXPECT_THAT(told(dialogue::Caller::own_uid), IsEmpty());
}

TEST_F(ToldLater, NothingIsChangedByTelling) {
    static_cast<void>(log_in({code()}));
    const State before = state();
    EXPECT_FALSE(told().empty());
    EXPECT_EQ(state(), before);
}

}  // namespace
}  // namespace secondstep
