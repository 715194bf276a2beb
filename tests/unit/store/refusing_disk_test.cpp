// A disk on which calls fail.

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <csignal>

#include "support/failing_system_call.h"
#include "unit/store/store_fixture.h"

// Files that are not as they should be: each gives its error, and nothing is changed.
namespace secondstep {
namespace {

using namespace secondstep::testing;
namespace fs = std::filesystem;

// What must hold whichever call fails: the old credential is whole, the old state too,
// and no file is left over.
class RefusingDisk : public StoreFixture {
  protected:
    [[nodiscard]] bool old_one_is_whole() {
        const auto account = opened()->read(alice_);
        return account && account->credential && !account->state_damaged &&
               account->credential->authenticators[0].id == sample_authenticator(1).id &&
               std::distance(fs::directory_iterator(path("users")), {}) == 2;
    }
    // Of an open file or folder of this process.
    [[nodiscard]] static std::optional<int> descriptor_of(const std::string& path) {
        for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
            std::error_code gone;
            if (fs::read_symlink(entry.path(), gone) == fs::canonical(path))
                return std::stoi(entry.path().filename().string());
        }
        return std::nullopt;
    }
    [[nodiscard]] Result<WriteOutcome> replace_credential() {
        Credential next = sample_credential();
        next.authenticators[0] = sample_authenticator(2);
        return opened()->begin(alice_).value()->write_credential(next, enrolled_state());
    }
};

TEST_F(RefusingDisk, KeepsTheOldCredentialWhicheverCallFails) {
    const std::array<std::pair<long, const char*>, 5> calls{{{SYS_openat, "openat"},
                                                             {SYS_pwrite64, "pwrite64"},
                                                             {SYS_fchmod, "fchmod"},
                                                             {SYS_fsync, "fsync"},
                                                             {SYS_renameat, "renameat"}}};
    for (const auto& [number, name] : calls) {
        const auto transaction = store_->begin(alice_).value();
        Credential next = sample_credential();
        next.authenticators[0] = sample_authenticator(2);
        EXPECT_TRUE(holds_while_failing(number, ENOSPC, [&] {
            const auto written = transaction->write_credential(next, enrolled_state());
            return !written && written.error().code == Errc::no_space;
        })) << name;
        EXPECT_TRUE(old_one_is_whole()) << name;
    }
}

// After the rename it is committed: no error, and what the new one gives out has to be told.
TEST_F(RefusingDisk, WhatFailsAfterTheRenameLeavesTheNewCredentialInForce) {
    Credential next = sample_credential();
    next.authenticators[0] = sample_authenticator(2);
    for (const auto& [number, on_state] :
         {std::pair{SYS_fsync, false}, {SYS_pwrite64, true}, {SYS_fdatasync, true}}) {
        auto transaction = store_->begin(alice_).value();
        const SystemCall call(number, descriptor_of(on_state ? state_path() : path("users")));
        ASSERT_TRUE(call.descriptor);
        EXPECT_TRUE(holds_while_failing(call, EIO, [&] {
            const auto written = transaction->write_credential(next, enrolled_state());
            return written && *written == WriteOutcome::unconfirmed &&
                   transaction->account().credential->authenticators[0].id == next.authenticators[0].id;
        })) << number;
        transaction.reset();
        const Account account = opened()->read(alice_).value();
        EXPECT_EQ(account.credential->authenticators[0].id, next.authenticators[0].id) << number;
        EXPECT_TRUE(account.state.enrolled) << number;
        EXPECT_FALSE(account.state_damaged) << number;
        enroll(sample_credential());
    }
}

// The kind of break 6 for `disable`, and the fsync without which a power cut brings the second step back.
TEST_F(RefusingDisk, ARemovalThatIsNotConfirmedIsARemoval) {
    auto transaction = store_->begin(alice_).value();
    const SystemCall of_directory(SYS_fsync, descriptor_of(path("users")));
    ASSERT_TRUE(of_directory.descriptor);
    EXPECT_TRUE(holds_while_failing(of_directory, EIO, [&] {
        const auto removed = transaction->remove_credential(State{});
        return removed && *removed == WriteOutcome::unconfirmed;
    }));
    transaction.reset();
    EXPECT_FALSE(opened()->read(alice_).value().credential);
    enroll(sample_credential());
    transaction = store_->begin(alice_).value();
    EXPECT_TRUE(
        holds_while_failing(SYS_unlinkat, EIO, [&] { return !transaction->remove_credential(State{}); }));
    EXPECT_TRUE(opened()->read(alice_).value().credential);
}

TEST_F(RefusingDisk, AStateThatCannotBeWrittenIsAnError) {
    for (const auto& [number, error, code] : {std::tuple{SYS_pwrite64, ENOSPC, Errc::no_space},
                                              {SYS_pwrite64, EIO, Errc::io},
                                              {SYS_pwrite64, EROFS, Errc::read_only},
                                              {SYS_fdatasync, EIO, Errc::io}}) {
        const auto transaction = store_->begin(alice_).value();
        EXPECT_TRUE(holds_while_failing(number, error,
                                        [&] {
                                            const auto written = transaction->write_state(enrolled_state());
                                            return !written && written.error().code == code;
                                        }))
            << number << " " << error;
    }
}

TEST_F(RefusingDisk, ALockThatCannotBeTakenIsAnError) {
    const auto store = opened();
    EXPECT_TRUE(holds_while_failing(SYS_flock, ENOLCK, [&] {
        const auto begun = store->begin(alice_);
        return !begun && begun.error().code == Errc::io;
    }));
}

TEST_F(RefusingDisk, AFileThatMayNotGrowKeepsTheOldCredential) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit tiny{100, before.rlim_max};
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tiny), 0);
    const auto replaced = replace_credential();
    const auto written = opened()->begin(alice_).value()->write_state(State{});
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, handler);
    EXPECT_FALSE(replaced);
    EXPECT_FALSE(written);
    EXPECT_TRUE(old_one_is_whole());
}

TEST_F(RefusingDisk, AFolderThatMayNotBeWrittenKeepsTheOldCredential) {
    if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
    fs::permissions(path("users"), fs::perms{0500});
    EXPECT_EQ(replace_credential().error().code, Errc::not_allowed);
    EXPECT_TRUE(opened()->begin(alice_).value()->write_state(enrolled_state())) << "a login still works";
    fs::permissions(path("users"), fs::perms{0700});
    EXPECT_TRUE(old_one_is_whole());
}

}  // namespace
}  // namespace secondstep
