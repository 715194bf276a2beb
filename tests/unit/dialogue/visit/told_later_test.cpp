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

// A clock that was put back makes no old login one of this moment.
TEST_F(ToldLater, NothingAfterALoginOfTheFuture) {
    static_cast<void>(log_in({code()}));
    world_.clock.advance(seconds{-1});
    EXPECT_THAT(told(), IsEmpty());
}

// Whoever logs in by key alone never comes where a notice ends: the days end it.
TEST_F(ToldLater, ARemovalForThirtyDays) {
    world_.configure("action = allow\n");
    world_.store->record("alice").credential.reset();
    state().enrolled = false;
    state().notice.change = Change::disabled;
    dialogue::Request request = this->request();
    request.told_later = true;
    const Transcript login = world_.login(request, {});
    EXPECT_EQ(login.verdict, Verdict::not_needed);
    EXPECT_THAT(login.texts, IsEmpty());
    world_.pass(std::chrono::days{30} - seconds{60});
    EXPECT_THAT(told(), ElementsAre(HasSubstr("Your second step was")));
    world_.pass(seconds{60});
    EXPECT_THAT(told(), IsEmpty());
}

TEST_F(ToldLater, NothingToAProgramOfTheUser) {
    static_cast<void>(log_in({code()}));
    EXPECT_THAT(told(dialogue::Caller::own_uid), IsEmpty());
}

TEST_F(ToldLater, NothingToWhoseLastLoginIsOfAClockAhead) {
    static_cast<void>(log_in({code()}));
    state().last_success = world_.clock.now() + seconds{60};
    EXPECT_THAT(told(), IsEmpty());
}

// Whose second step was taken off is asked for nothing any more: where sshd tells,
// only there, for thirty days.
TEST_F(ToldLater, ARemovalForThirtyDaysAtTheStartOfTheSession) {
    world_.store->record("alice").credential.reset();
    state() = {};
    state().notice = {.change = Change::disabled, .when = world_.clock.now(), .from = "203.0.113.9"};
    dialogue::Request request = this->request();
    request.told_later = true;
    const Transcript login = world_.login(request, {});
    EXPECT_EQ(login.verdict, Verdict::not_needed);
    EXPECT_THAT(login.texts, IsEmpty());
    EXPECT_THAT(told(), ElementsAre(HasSubstr("was")));
    world_.pass(std::chrono::days{30} - seconds{1});
    EXPECT_THAT(told(), ElementsAre(HasSubstr("was")));
    world_.pass(seconds{1});
    EXPECT_THAT(told(), IsEmpty());
}

// Otherwise a disk that is full would let it be told for ever, to whoever made the change too.
TEST_F(ToldLater, ARemovalIsNotToldWhereThatCannotBeWritten) {
    world_.store->record("alice").credential.reset();
    state() = {};
    state().notice = {.change = Change::disabled, .when = world_.clock.now(), .from = "203.0.113.9"};
    world_.store->write_error = Error{Errc::io, "no space"};
    const Transcript login = world_.login(request(), {});
    EXPECT_EQ(login.verdict, Verdict::not_needed);
    EXPECT_THAT(login.texts, IsEmpty());
    world_.store->write_error.reset();
    EXPECT_THAT(world_.login(request(), {}).texts, ElementsAre(HasSubstr("was")));
}

TEST_F(ToldLater, NothingIsChangedByTelling) {
    static_cast<void>(log_in({code()}));
    const State before = state();
    EXPECT_FALSE(told().empty());
    EXPECT_EQ(state(), before);
}

}  // namespace
}  // namespace secondstep
