#include "base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "support/failing_system_call.h"
#include "support/failure.h"
#include "support/temporary_directory.h"

namespace secondstep {
namespace {

class File : public ::testing::Test {
  protected:
    void SetUp() override {
        auto opened = open_directory(temporary_.path());
        ASSERT_TRUE(opened.has_value());
        directory_ = std::move(*opened);
    }

    [[nodiscard]] int directory() const { return directory_.get(); }
    [[nodiscard]] std::string path(const std::string& name) const { return temporary_.file(name); }

    void put(const std::string& name, std::string_view content, mode_t mode = 0600) const {
        std::ofstream(path(name)) << content;
        ASSERT_EQ(chmod(path(name).c_str(), mode), 0);
    }
    [[nodiscard]] std::string content(const std::string& name) const {
        std::ifstream in(path(name));
        return {std::istreambuf_iterator<char>(in), {}};
    }
    [[nodiscard]] std::set<std::string> names() const {
        std::set<std::string> found;
        for (const auto& entry : std::filesystem::directory_iterator(temporary_.path())) {
            found.insert(entry.path().filename().string());
        }
        return found;
    }
    [[nodiscard]] Result<UniqueFd> open(const char* name, int flags = O_RDONLY) const {
        return open_trusted(directory(), name, flags, {.owner = geteuid()});
    }
    [[nodiscard]] Errc error_of(const char* name, int flags = O_RDONLY) const {
        const auto opened = open(name, flags);
        EXPECT_FALSE(opened.has_value()) << name;
        return opened ? Errc::invalid : opened.error().code;
    }

  private:
    testing::TemporaryDirectory temporary_;
    UniqueFd directory_;
};

int flags_of(const UniqueFd& fd) {
    return fcntl(fd.get(), F_GETFD);
}

TEST_F(File, OpensAndReadsATrustedFile) {
    put("alice", "content");
    const auto opened = open("alice");
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(flags_of(*opened) & FD_CLOEXEC, FD_CLOEXEC);
    EXPECT_EQ(read_whole(opened->get(), 7), Bytes({'c', 'o', 'n', 't', 'e', 'n', 't'}));
}

TEST_F(File, AMissingFileIsNotFound) {
    EXPECT_EQ(error_of("alice"), Errc::not_found);
}

// A path that goes on behind a file says nothing about who is enrolled.
TEST_F(File, APathThroughAFileIsNotNotFound) {
    put("alice", "");
    EXPECT_EQ(error_of("alice/state"), Errc::io);
}

TEST_F(File, ASymbolicLinkIsUntrusted) {
    put("real", "content");
    ASSERT_EQ(symlink("real", path("alice").c_str()), 0);
    EXPECT_EQ(error_of("alice"), Errc::untrusted);
    ASSERT_EQ(symlink("nowhere", path("dangling").c_str()), 0);
    EXPECT_EQ(error_of("dangling"), Errc::untrusted);
}

TEST_F(File, AFifoIsUntrustedAndDoesNotBlock) {
    ASSERT_EQ(mkfifo(path("alice").c_str(), 0600), 0);
    alarm(20);  // an open that waits for a writer ends here
    EXPECT_EQ(error_of("alice"), Errc::untrusted);
    EXPECT_EQ(error_of("alice", O_RDWR), Errc::untrusted);
    alarm(0);
}

TEST_F(File, ADirectoryASocketAndADeviceAreUntrusted) {
    ASSERT_EQ(mkdir(path("alice").c_str(), 0700), 0);
    EXPECT_EQ(error_of("alice"), Errc::untrusted);
    EXPECT_EQ(error_of("alice", O_RDWR), Errc::untrusted);
    const UniqueFd listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    path("socket").copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(error_of("socket"), Errc::untrusted);
    EXPECT_EQ(testing::failure(open_trusted(AT_FDCWD, "/dev/null", O_RDONLY, {.owner = 0, .forbidden = 0})),
              Errc::untrusted);
}

TEST_F(File, TwoLinksAreUntrusted) {
    put("alice", "content");
    ASSERT_EQ(link(path("alice").c_str(), path("second").c_str()), 0);
    EXPECT_EQ(error_of("alice"), Errc::untrusted);
    ASSERT_EQ(unlink(path("second").c_str()), 0);
    EXPECT_TRUE(open("alice").has_value());
}

TEST_F(File, EveryForbiddenModeBitIsUntrusted) {
    put("alice", "content");
    for (mode_t bit = 1; bit <= 0040; bit <<= 1) {
        ASSERT_EQ(chmod(path("alice").c_str(), 0600 | bit), 0);
        EXPECT_EQ(error_of("alice"), Errc::untrusted) << std::oct << bit;
    }
    const auto refused = open("alice");
    EXPECT_EQ(refused.error().detail, "alice: has mode 0640; mend with: chmod 0600");
}

TEST_F(File, OnlyTheForbiddenBitsAreForbidden) {
    put("secondstep.conf", "content", 0644);
    const FileTrust readable{.owner = geteuid(), .forbidden = 0022};
    EXPECT_TRUE(open_trusted(directory(), "secondstep.conf", O_RDONLY, readable).has_value());
}

TEST_F(File, AnotherOwnerIsUntrusted) {
    put("alice", "content");
    const auto opened = open_trusted(directory(), "alice", O_RDONLY, {.owner = geteuid() + 1});
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(testing::failure(opened), Errc::untrusted);
    const std::string wanted = std::to_string(geteuid() + 1);
    EXPECT_NE(opened.error().detail.find("must belong to uid " + wanted), std::string::npos);
}

TEST_F(File, RootMayOwnAFileWhereThatIsSaid) {
    if (geteuid() != 0) GTEST_SKIP() << "needs root: a file of root's";
    put("host.key", "content");
    EXPECT_TRUE(
        open_trusted(directory(), "host.key", O_RDONLY, {.owner = 12345, .root_too = true}).has_value());
    EXPECT_FALSE(open_trusted(directory(), "host.key", O_RDONLY, {.owner = 12345}).has_value());
    ASSERT_EQ(chown(path("host.key").c_str(), 54321, 0), 0);
    EXPECT_FALSE(
        open_trusted(directory(), "host.key", O_RDONLY, {.owner = 12345, .root_too = true}).has_value());
}

TEST_F(File, ATooLargeFileIsRefused) {
    put("alice", std::string(101, 'x'));
    const auto opened = open_trusted(directory(), "alice", O_RDONLY, {.owner = geteuid(), .max_size = 100});
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(testing::failure(opened), Errc::too_large);
    EXPECT_TRUE(
        open_trusted(directory(), "alice", O_RDONLY, {.owner = geteuid(), .max_size = 101}).has_value());
}

TEST_F(File, AReaderBesideReplacementsGetsTheOldFileOrTheNew) {
    put("alice", "content");
    std::jthread writer([this](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            put("next", "content");
            (void)rename(path("next").c_str(), path("alice").c_str());
        }
    });
    for (int i = 0; i < 5000; ++i) {
        const auto opened = open("alice");
        ASSERT_TRUE(opened.has_value()) << opened.error().detail;
    }
}

TEST_F(File, DirectoriesAreDirectories) {
    put("alice", "");
    EXPECT_FALSE(open_directory(path("alice")).has_value());
    EXPECT_EQ(testing::failure(open_directory(path("nowhere"))), Errc::not_found);
    ASSERT_EQ(mkdir(path("users").c_str(), 0700), 0);
    const auto users = open_directory_at(directory(), "users");
    ASSERT_TRUE(users.has_value());
    EXPECT_EQ(flags_of(*users) & FD_CLOEXEC, FD_CLOEXEC);
    ASSERT_EQ(symlink("users", path("link").c_str()), 0);
    EXPECT_FALSE(open_directory_at(directory(), "link").has_value());
    EXPECT_TRUE(open_directory(path("link")).has_value());
}

TEST_F(File, ReadsWholeFilesUpToTheBound) {
    for (const std::size_t size : {0U, 1U, 4095U, 4096U, 70000U}) {
        put("alice", std::string(size, 'x'));
        const auto opened =
            open_trusted(directory(), "alice", O_RDONLY, {.owner = geteuid(), .max_size = 80000});
        ASSERT_TRUE(opened.has_value());
        EXPECT_EQ(read_whole(opened->get(), size), Bytes(size, 'x'));
        if (size != 0) {
            EXPECT_EQ(testing::failure(read_whole(opened->get(), size - 1)), Errc::too_large);
        }
    }
}

// Files of the kernel say they have no bytes, and then have some.
TEST_F(File, ReadsMoreThanFstatPromised) {
    const UniqueFd fd(::open("/proc/self/status", O_RDONLY | O_CLOEXEC));
    const auto read = read_whole(fd.get(), 65536);
    ASSERT_TRUE(read.has_value());
    EXPECT_GT(read->size(), 100U);
    EXPECT_EQ(testing::failure(read_whole(fd.get(), 100)), Errc::too_large);
}

TEST_F(File, AShorterFileIsDamaged) {
    put("alice", "0123456789");
    const auto opened = open("alice");
    ASSERT_TRUE(opened.has_value());
    Bytes four(4);
    ASSERT_TRUE(read_at(opened->get(), 6, four).has_value());
    EXPECT_EQ(four, Bytes({'6', '7', '8', '9'}));
    EXPECT_EQ(testing::failure(read_at(opened->get(), 7, four)), Errc::damaged);
    EXPECT_EQ(testing::failure(read_at(opened->get(), 100, four)), Errc::damaged);
}

TEST_F(File, WritesInPlace) {
    put("alice", "0123456789");
    const auto opened = open("alice", O_RDWR);
    ASSERT_TRUE(opened.has_value());
    EXPECT_TRUE(write_at_durably(opened->get(), 4, as_bytes("ab")).has_value());
    EXPECT_EQ(content("alice"), "0123ab6789");
}

TEST_F(File, AFullDiskIsNamedAsOne) {
    const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    const auto written = write_at_durably(full.get(), 0, as_bytes("content"));
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(testing::failure(written), Errc::no_space);
}

TEST_F(File, ReplacesAFileWithTheModeAskedFor) {
    const mode_t before = umask(0077);
    ASSERT_TRUE(write_durably(directory(), "alice", as_bytes("old"), 0644).has_value());
    ASSERT_TRUE(write_durably(directory(), "alice", as_bytes("new"), 0640).has_value());
    umask(before);
    EXPECT_EQ(content("alice"), "new");
    struct stat status{};
    ASSERT_EQ(stat(path("alice").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0640U);
    EXPECT_EQ(names(), std::set<std::string>{"alice"});
}

TEST_F(File, ReplacesALinkAndNotWhatItPointsTo) {
    put("real", "precious");
    ASSERT_EQ(symlink("real", path("alice").c_str()), 0);
    ASSERT_TRUE(write_durably(directory(), "alice", as_bytes("new"), 0600).has_value());
    EXPECT_EQ(content("real"), "precious");
    EXPECT_TRUE(open("alice").has_value());
}

TEST_F(File, WritesUnderTheLongestName) {
    const std::string longest(NAME_MAX, 'x');
    EXPECT_TRUE(write_durably(directory(), longest, as_bytes("new"), 0600).has_value());
    EXPECT_TRUE(write_durably(directory(), longest, as_bytes("new"), 0600).has_value());
}

// RLIMIT_FSIZE in the place of a full disk: the write stops in the middle.
TEST_F(File, KeepsTheOldFileWhenThereIsNoRoomForTheNewOne) {
    put("alice", "old");
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit small{.rlim_cur = 4096, .rlim_max = before.rlim_max};
    auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto replaced = write_durably(directory(), "alice", Bytes(8192, 'n'), 0600);
    const auto created = create_durably(directory(), "bob", Bytes(8192, 'n'), 0600);
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
    (void)std::signal(SIGXFSZ, handler);
    EXPECT_FALSE(replaced.has_value());
    EXPECT_FALSE(created.has_value());
    EXPECT_EQ(content("alice"), "old");
    EXPECT_EQ(names(), std::set<std::string>{"alice"});
}

TEST_F(File, KeepsTheOldFileWhateverCallFails) {
    put("alice", "old");
    for (const long call : {SYS_openat, SYS_pwrite64, SYS_fchmod, SYS_fsync, SYS_renameat}) {
        EXPECT_TRUE(testing::holds_while_failing(call, ENOSPC, [this] {
            const auto written = write_durably(directory(), "alice", as_bytes("new"), 0600);
            return !written && written.error().code == Errc::no_space;
        })) << call;
        EXPECT_EQ(content("alice"), "old") << call;
        EXPECT_EQ(names(), std::set<std::string>{"alice"}) << call;
    }
}

// Without it the rename itself may be undone by a power cut; but the old file is gone from everybody's eyes.
TEST_F(File, AFailedFsyncOfTheDirectoryIsToldFromAnError) {
    put("alice", "old");
    const testing::SystemCall of_directory(SYS_fsync, directory());
    EXPECT_TRUE(testing::holds_while_failing(of_directory, EIO, [this] {
        return write_durably(directory(), "alice", as_bytes("new"), 0600).value() == Placed::unconfirmed;
    }));
    EXPECT_EQ(content("alice"), "new");
    EXPECT_TRUE(testing::holds_while_failing(of_directory, EIO, [this] {
        return !create_durably(directory(), "bob", as_bytes("new"), 0600).has_value();
    }));
    EXPECT_EQ(names(), (std::set<std::string>{"alice", "bob"}));
}

TEST_F(File, AFailedFdatasyncIsAnError) {
    put("alice", "old");
    const auto opened = open("alice", O_RDWR);
    ASSERT_TRUE(opened.has_value());
    EXPECT_TRUE(testing::holds_while_failing(SYS_fdatasync, EIO, [&] {
        return !write_at_durably(opened->get(), 0, as_bytes("new")).has_value();
    }));
}

TEST_F(File, CreatesOnlyWhatIsNotThere) {
    EXPECT_TRUE(create_durably(directory(), "alice", as_bytes("first"), 0600).has_value());
    EXPECT_EQ(testing::failure(create_durably(directory(), "alice", as_bytes("second"), 0600)), Errc::exists);
    EXPECT_EQ(content("alice"), "first");
    ASSERT_EQ(symlink("nowhere", path("dangling").c_str()), 0);
    EXPECT_EQ(testing::failure(create_durably(directory(), "dangling", as_bytes("x"), 0600)), Errc::exists);
    EXPECT_EQ(names(), (std::set<std::string>{"alice", "dangling"}));
    EXPECT_TRUE(open("alice").has_value());
}

// File systems without RENAME_NOREPLACE answer EINVAL.
TEST_F(File, CreatesWithALinkWhereRenamingCannotRefuse) {
    const auto create = [this] { return create_durably(directory(), "alice", as_bytes("first"), 0600); };
    EXPECT_TRUE(testing::holds_while_failing(SYS_renameat2, EINVAL, [&] { return create().has_value(); }));
    EXPECT_TRUE(testing::holds_while_failing(SYS_renameat2, EINVAL, [&] {
        const auto again = create();
        return !again && again.error().code == Errc::exists;
    }));
    EXPECT_EQ(names(), std::set<std::string>{"alice"});
    EXPECT_TRUE(open("alice").has_value());
}

TEST_F(File, TheLockIsBusyForASecondOpening) {
    put("alice", "content");
    auto first = open("alice", O_RDWR);
    const auto second = open("alice", O_RDWR);
    ASSERT_TRUE(first.has_value() && second.has_value());
    EXPECT_TRUE(try_lock(first->get()).has_value());
    EXPECT_TRUE(try_lock(first->get()).has_value());  // its own
    EXPECT_EQ(testing::failure(try_lock(second->get())), Errc::busy);
    *first = UniqueFd();
    EXPECT_TRUE(try_lock(second->get()).has_value());
}

TEST_F(File, TheLockLastsAsLongAsTheLastCopyOfTheDescriptor) {
    put("alice", "content");
    auto first = open("alice", O_RDWR);
    const auto second = open("alice", O_RDWR);
    ASSERT_TRUE(first.has_value() && second.has_value());
    UniqueFd copy(fcntl(first->get(), F_DUPFD_CLOEXEC, 0));
    ASSERT_TRUE(try_lock(first->get()).has_value());
    *first = UniqueFd();
    EXPECT_EQ(testing::failure(try_lock(second->get())), Errc::busy);
    copy = UniqueFd();
    EXPECT_TRUE(try_lock(second->get()).has_value());
}

// Between open and fchmod the file has the mode it was made with, and with a umask of 0 nothing is taken from
// that: it must not be open to others even then. Seen by stopping right there.
TEST_F(File, IsNobodyElsesBeforeItsModeIsSet) {
    for (const bool replacing : {true, false}) {
        const bool stopped = testing::holds_while_failing(SYS_fchmod, EPERM, [&] {
            ::umask(0);
            if (!testing::let_fail(SYS_unlinkat, EPERM)) return false;
            const Bytes content{1, 2, 3};
            if (replacing) return !write_durably(directory(), "a", content, 0644).has_value();
            return !create_durably(directory(), "b", content, 0644).has_value();
        });
        EXPECT_TRUE(stopped);
    }
    EXPECT_EQ(names().size(), 2U);
    for (const std::string& name : names()) {
        struct stat status{};
        ASSERT_EQ(::stat(path(name).c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 07777U, 0600U) << name;
    }
}

}  // namespace
}  // namespace secondstep
