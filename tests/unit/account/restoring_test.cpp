// A recovery code typed to set up a new authenticator.

#include "account/verify.h"

#include <gtest/gtest.h>

#include "account/code_gate.h"
#include "account/known_sources.h"
#include "unit/account/verify_fixture.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class Restoring : public Verify {
  protected:
    Reason restore(std::size_t index = 0, const Source& source = home) {
        RecoveryAnswer code = recovery_answer(credential_, index);
        code.for_restore = true;
        const Reason reason = answer(code, source);
        now_ += seconds(1);
        return reason;
    }
};

TEST_F(Restoring, TheCodeIsStruckOffAndResumesForThirtyMinutes) {
    EXPECT_EQ(restore(), Reason::right);
    const UnixTime end = state_.restore.until;
    EXPECT_EQ(end, at(0) + minutes(30));
    EXPECT_EQ(recovery_codes_left(credential_, state_), 9U);
    now_ = end;
    EXPECT_EQ(restore(), Reason::right);
    EXPECT_EQ(state_.restore.until, end) << "resuming does not make it longer";
    EXPECT_EQ(recovery_codes_left(credential_, state_), 9U);
    EXPECT_EQ(restore(), Reason::replayed);
}

TEST_F(Restoring, TheCodeDoesNothingElse) {
    EXPECT_EQ(restore(), Reason::right);
    EXPECT_EQ(answer(recovery_answer(credential_, 0)), Reason::replayed);
}

TEST_F(Restoring, NotFromAnotherSource) {
    EXPECT_EQ(restore(), Reason::right);
    EXPECT_EQ(restore(0, stranger), Reason::replayed);
}

TEST_F(Restoring, ACodeThatLoggedInDoesNotRestore) {
    EXPECT_EQ(answer(recovery_answer(credential_, 0)), Reason::right);
    now_ += seconds(1);
    EXPECT_EQ(restore(), Reason::replayed);
}

TEST_F(Restoring, OfTwoTheLastOneCanBeResumed) {
    EXPECT_EQ(restore(0), Reason::right);
    EXPECT_EQ(restore(1), Reason::right);
    EXPECT_EQ(restore(0), Reason::replayed);
    EXPECT_EQ(restore(1), Reason::right);
}

TEST_F(Restoring, ANewSetEndsIt) {
    EXPECT_EQ(restore(), Reason::right);
    const RecoveryAnswer old = recovery_answer(credential_, 0);
    credential_.recovery = sample_recovery_set(10, 2);
    credential_.recovery->digests[0] = old.digest;
    RecoveryAnswer same = recovery_answer(credential_, 0);
    same.for_restore = true;
    EXPECT_EQ(answer(same), Reason::right) << "of the new set it is a code of its own";
    EXPECT_EQ(state_.restore.set, credential_.recovery->id);
}

TEST_F(Restoring, AClockThatRanAheadDoesNotKeepItOpen) {
    EXPECT_EQ(restore(), Reason::right);
    state_.restore.until = now_ + hours(100);
    EXPECT_EQ(restore(), Reason::replayed);
}

}  // namespace
}  // namespace secondstep
