#include "process/listening_socket.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "service/client.h"
#include "support/temporary_directory.h"

namespace secondstep::process {
namespace {

using testing::TemporaryDirectory;
using testing::try_connect;

mode_t mode_of(const std::string& path) {
    struct stat there{};
    return ::lstat(path.c_str(), &there) == 0 ? there.st_mode & 07777 : 0;
}

TEST(ListeningSocket, EverybodyMayConnectWhateverTheUmask) {
    const TemporaryDirectory directory;
    const mode_t before = ::umask(077);
    const auto socket = ListeningSocket::bind_to(directory.file("s"));
    ::umask(before);
    ASSERT_TRUE(socket.has_value()) << socket.error().detail;
    EXPECT_EQ(mode_of(directory.file("s")), 0666U);
    EXPECT_EQ(try_connect(directory.file("s")), 0);
}

// Everybody may open the directory of a service's socket, and so lock it.
TEST(ListeningSocket, IsBoundWhoeverHoldsTheDirectory) {
    const TemporaryDirectory directory;
    const UniqueFd anybodys(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ASSERT_EQ(::flock(anybodys.get(), LOCK_EX | LOCK_NB), 0);
    EXPECT_TRUE(ListeningSocket::bind_to(directory.file("s")));
    EXPECT_EQ(mode_of(directory.file("s.lock")), 0600U);
}

TEST(ListeningSocket, WaitsForAnotherThatStartsButNotForEver) {
    const TemporaryDirectory directory;
    const UniqueFd other(::open(directory.file("s.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    ASSERT_EQ(::flock(other.get(), LOCK_EX | LOCK_NB), 0);
    const auto socket = ListeningSocket::bind_to(directory.file("s"));
    ASSERT_FALSE(socket);
    EXPECT_EQ(socket.error().code, Errc::busy);
}

TEST(ListeningSocket, MakesItsDirectory) {
    const TemporaryDirectory directory;
    const mode_t before = ::umask(077);
    const auto socket = ListeningSocket::bind_to(directory.file("run/s"));
    ::umask(before);
    ASSERT_TRUE(socket.has_value()) << socket.error().detail;
    EXPECT_EQ(mode_of(directory.file("run")), 0755U);
}

TEST(ListeningSocket, IsRemovedAtTheEnd) {
    const TemporaryDirectory directory;
    {
        const auto socket = ListeningSocket::bind_to(directory.file("s"));
    }
    EXPECT_EQ(try_connect(directory.file("s")), ENOENT);
}

TEST(ListeningSocket, ADeadOneIsReplaced) {
    const TemporaryDirectory directory;
    const auto killed = [&] {
        return testing::in_child([&] {
            const auto socket = ListeningSocket::bind_to(directory.file("s"));
            ::_exit(socket ? 0 : 1);  // without its destructor, like a process that was killed
            return 1;
        });
    };
    ASSERT_EQ(killed(), 0);
    ASSERT_EQ(try_connect(directory.file("s")), ECONNREFUSED);
    const auto socket = ListeningSocket::bind_to(directory.file("s"));
    ASSERT_TRUE(socket.has_value()) << socket.error().detail;
    EXPECT_EQ(try_connect(directory.file("s")), 0);
}

TEST(ListeningSocket, ALivingOneIsLeftAlone) {
    const TemporaryDirectory directory;
    const auto first = ListeningSocket::bind_to(directory.file("s"));
    const auto second = ListeningSocket::bind_to(directory.file("s"));
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, Errc::exists);
    EXPECT_EQ(try_connect(directory.file("s")), 0);
}

TEST(ListeningSocket, AFileIsLeftAlone) {
    const TemporaryDirectory directory;
    std::ofstream(directory.file("s")) << "precious";
    EXPECT_FALSE(ListeningSocket::bind_to(directory.file("s")).has_value());
    EXPECT_EQ(::access(directory.file("s").c_str(), F_OK), 0);
}

TEST(ListeningSocket, TheNameOfASuccessorIsLeftAlone) {
    const TemporaryDirectory directory;
    auto first = ListeningSocket::bind_to(directory.file("s"));
    ASSERT_TRUE(first.has_value());
    ASSERT_EQ(::unlink(directory.file("s").c_str()), 0);
    const auto second = ListeningSocket::bind_to(directory.file("s"));
    ASSERT_TRUE(second.has_value());
    first->remove_name();
    EXPECT_EQ(try_connect(directory.file("s")), 0);
}

TEST(ListeningSocket, RefusesAPathThatDoesNotFit) {
    EXPECT_FALSE(ListeningSocket::bind_to("relative").has_value());
    EXPECT_FALSE(ListeningSocket::bind_to("/" + std::string(200, 'x')).has_value());
}

TEST(ListeningSocket, NothingIsInheritedWithoutTheVariables) {
    const auto inherited = ListeningSocket::inherited();
    ASSERT_TRUE(inherited.has_value());
    EXPECT_FALSE(inherited->has_value());
}

}  // namespace
}  // namespace secondstep::process
