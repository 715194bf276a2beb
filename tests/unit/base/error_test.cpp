#include "base/error.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "support/failure.h"

namespace secondstep {
namespace {

Errc code_for(int errno_value) {
    const Result<int> failed = fail_errno("open", errno_value);
    return failed.error().code;
}

TEST(Error, SaysWhatFailedAndWhy) {
    const Result<int> failed = fail_errno("users/alice.state", ENOSPC);
    EXPECT_EQ(failed.error().detail, "users/alice.state: No space left on device");
}

TEST(Error, UnknownNumbersAreNamedByTheNumber) {
    const Result<int> failed = fail_errno("open", 99999);
    EXPECT_EQ(failed.error().detail, "open: error 99999");
    EXPECT_EQ(testing::failure(failed), Errc::io);
}

TEST(Error, TellsTheCasesApartThatCallersActOn) {
    EXPECT_EQ(code_for(ENOENT), Errc::not_found);
    EXPECT_EQ(code_for(EEXIST), Errc::exists);
    EXPECT_EQ(code_for(EACCES), Errc::not_allowed);
    EXPECT_EQ(code_for(EPERM), Errc::not_allowed);
    EXPECT_EQ(code_for(EWOULDBLOCK), Errc::busy);
    EXPECT_EQ(code_for(ENOSPC), Errc::no_space);
    EXPECT_EQ(code_for(EDQUOT), Errc::no_space);
    EXPECT_EQ(code_for(EROFS), Errc::read_only);
    EXPECT_EQ(code_for(ECONNREFUSED), Errc::unreachable);
    EXPECT_EQ(code_for(ETIMEDOUT), Errc::timed_out);
    EXPECT_EQ(code_for(EPIPE), Errc::closed);
    EXPECT_EQ(code_for(ECONNRESET), Errc::closed);
}

// "There is no such file" can mean "nobody is enrolled"; only the one error that is certain may say it.
TEST(Error, NothingElseIsTakenForNotFound) {
    for (int errno_value = 1; errno_value < 134; ++errno_value) {
        if (errno_value == ENOENT) continue;
        EXPECT_NE(code_for(errno_value), Errc::not_found) << errno_value;
    }
}

}  // namespace
}  // namespace secondstep
