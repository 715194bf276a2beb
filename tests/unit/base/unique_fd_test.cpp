#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"

namespace secondstep {
namespace {

bool is_open(int fd) {
    return fcntl(fd, F_GETFD) >= 0;
}

TEST(UniqueFd, ClosesWhatItOwnsOnce) {
    int number = -1;
    {
        UniqueFd first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        number = first.get();
        const UniqueFd second(std::move(first));
        EXPECT_FALSE(first.valid());  // NOLINT(bugprone-use-after-move): what this test is about
        EXPECT_EQ(second.get(), number);
        EXPECT_TRUE(is_open(number));
    }
    EXPECT_FALSE(is_open(number));
}

TEST(UniqueFd, ClosesTheOldOneWhenItIsReplaced) {
    UniqueFd first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    UniqueFd second(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const int old = first.get();
    const int kept = second.get();
    first = std::move(second);
    EXPECT_FALSE(is_open(old));
    EXPECT_EQ(first.get(), kept);
    UniqueFd& same = first;
    first = std::move(same);
    EXPECT_TRUE(is_open(kept));
    EXPECT_EQ(first.release(), kept);  // NOLINT(bugprone-use-after-move): assigned to itself
    EXPECT_FALSE(first.valid());
    EXPECT_EQ(close(kept), 0);
}

}  // namespace
}  // namespace secondstep
