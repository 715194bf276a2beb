#include "store/enrollment_batch.h"

#include <sys/syscall.h>

#include <set>

#include "support/failing_system_call.h"
#include "unit/store/store_fixture.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;
namespace fs = std::filesystem;

class Batch : public StoreFixture {
  protected:
    using Accounts = std::vector<NewAccount>;

    static Accounts accounts(std::size_t count) {
        Accounts all;
        for (std::size_t i = 0; i < count; ++i)
            all.push_back(account("user" + std::to_string(i)));
        return all;
    }
    static NewAccount account(const std::string& name) {
        Credential credential = sample_credential(name);
        State state = enrolled_state();
        state.recovery = {.id = credential.recovery->id, .not_saved = true};
        return {std::move(credential), std::move(state)};
    }
    Result<Enrolled> enroll_all(const Accounts& all) {
        return store_->enroll_batch(all, [] { return Result<void>{}; });
    }
    static RecordName record(const std::string& name) { return RecordName::of(name_of(name)); }
    [[nodiscard]] bool staging_is_empty() const { return fs::is_empty(path("staging")); }
};

TEST_F(Batch, EnrollsAll) {
    EXPECT_TRUE(enroll_all(accounts(50)).value().passed_over.empty());
    const auto store = opened();
    for (std::size_t i = 0; i < 50; ++i) {
        const Account one = store->read(record("user" + std::to_string(i))).value();
        ASSERT_TRUE(one.credential);
        EXPECT_TRUE(one.state.enrolled);
        EXPECT_TRUE(one.state.recovery.not_saved);
    }
    EXPECT_TRUE(staging_is_empty());
}

TEST_F(Batch, WritesTheMarkSoThatALostCredentialIsNoticed) {
    ASSERT_TRUE(enroll_all(accounts(1)));
    fs::remove(path("users/user0.credential"));
    EXPECT_EQ(store_->read(record("user0")).error().code, Errc::damaged);
}

TEST_F(Batch, MakesFilesThatNobodyElseMayRead) {
    const mode_t before = ::umask(0);
    ASSERT_TRUE(enroll_all(accounts(1)));
    ::umask(before);
    for (const auto* file : {"users/user0.credential", "users/user0.state"}) {
        EXPECT_EQ(fs::status(path(file)).permissions(), fs::perms{0600}) << file;
    }
}

TEST_F(Batch, PassesOverWhoIsEnrolledAndSaysSo) {
    const std::string before = content_of(credential_path()) + content_of(state_path());
    Accounts all = accounts(2);
    all.push_back(account("alice"));
    const auto passed_over = enroll_all(all).value().passed_over;
    ASSERT_EQ(passed_over.size(), 1U);
    EXPECT_EQ(passed_over[0].text(), "alice");
    EXPECT_EQ(content_of(credential_path()) + content_of(state_path()), before);
    EXPECT_TRUE(store_->read(record("user1")).value().credential);
}

TEST_F(Batch, OneNameTwiceIsEnrolledOnce) {
    Accounts all = accounts(1);
    all.push_back(account("user0"));
    const auto passed_over = enroll_all(all).value().passed_over;
    EXPECT_EQ(passed_over.size(), 1U);
    EXPECT_TRUE(store_->read(record("user0")).value().credential);
    EXPECT_TRUE(staging_is_empty());
}

TEST_F(Batch, KeepsTheStateFileOfADisabledAccount) {
    State disabled;
    disabled.strangers.count = 40;
    ASSERT_TRUE(store_->begin(alice_).value()->remove_credential(disabled));
    struct stat before{};
    ASSERT_EQ(::stat(state_path().c_str(), &before), 0);
    Accounts all;
    all.push_back(account("alice"));
    EXPECT_TRUE(enroll_all(all).value().passed_over.empty());
    struct stat after{};
    ASSERT_EQ(::stat(state_path().c_str(), &after), 0);
    EXPECT_EQ(after.st_ino, before.st_ino) << "it is the lock; whoever waits for it waits for this file";
    const Account account = store_->read(alice_).value();
    EXPECT_TRUE(account.credential);
    EXPECT_TRUE(account.state.enrolled);
    EXPECT_TRUE(account.state.recovery.not_saved);
    EXPECT_EQ(account.state.strangers.count, 40U);
}

TEST_F(Batch, DoesNotReplaceALostCredential) {
    fs::remove(credential_path());
    Accounts all;
    all.push_back(account("alice"));
    EXPECT_EQ(enroll_all(all).value().passed_over.size(), 1U);
    EXPECT_FALSE(fs::exists(credential_path()));
}

TEST_F(Batch, NobodyIsEnrolledBeforeTheCallersRecordIsDurable) {
    bool called = false;
    ASSERT_TRUE(store_->enroll_batch(accounts(3), [&] {
        called = true;
        EXPECT_FALSE(store_->read(record("user0")).value().credential);
        EXPECT_FALSE(fs::exists(path("users/user0.state")));
        EXPECT_EQ(std::distance(fs::directory_iterator(path("staging")), {}), 6);
        return Result<void>{};
    }));
    EXPECT_TRUE(called);
}

TEST_F(Batch, NobodyIsEnrolledWhenTheCallersRecordFails) {
    const auto before = everything();
    const auto enrolled = store_->enroll_batch(
        accounts(3), []() -> Result<void> { return fail(Errc::no_space, "the caller's disk"); });
    EXPECT_EQ(enrolled.error().detail, "the caller's disk");
    EXPECT_EQ(everything(), before);
}

TEST_F(Batch, SweepsWhatAKilledOneLeft) {
    overwrite(path("staging/0.state"), "half");
    overwrite(path("staging/7777.credential"), "half");
    EXPECT_TRUE(enroll_all(accounts(2)).value().passed_over.empty());
    EXPECT_TRUE(staging_is_empty());
    EXPECT_TRUE(store_->read(record("user0")).value().credential);
}

TEST_F(Batch, IsBusyWhileAnotherOneRuns) {
    ASSERT_TRUE(store_->enroll_batch(accounts(1), [&] {
        EXPECT_EQ(opened()->enroll_batch(accounts(1), [] { return Result<void>{}; }).error().code,
                  Errc::busy);
        return Result<void>{};
    }));
}

TEST_F(Batch, ALoginInBetweenIsNotOverwritten) {
    // Somebody else enrolls user0 in the ordinary way while the batch is between its steps.
    Credential theirs = sample_credential("user0");
    theirs.authenticators[0] = sample_authenticator(9);
    const auto passed_over = store_->enroll_batch(accounts(2), [&] {
        enroll(theirs);
        return Result<void>{};
    });
    ASSERT_EQ(passed_over.value().passed_over.size(), 1U);
    EXPECT_EQ(store_->read(record("user0")).value().credential->authenticators[0].id,
              theirs.authenticators[0].id);
    EXPECT_TRUE(store_->read(record("user1")).value().credential);
    EXPECT_TRUE(staging_is_empty());
}

TEST_F(Batch, AFullDiskEnrollsNobodyAndLeavesNothing) {
    const auto before = everything();
    for (const long call : {SYS_openat, SYS_write, SYS_syncfs}) {
        const auto store = opened();
        EXPECT_TRUE(store->read(alice_));  // its folders are open
        EXPECT_TRUE(holds_while_failing(call, ENOSPC, [&] {
            return !store->enroll_batch(accounts(2), [] { return Result<void>{}; });
        })) << call;
        EXPECT_EQ(everything(), before) << call;
    }
}

// The names of the states must be on the disk before a credential gets its name: a power cut in between would
// leave a credential without its state, which lets nobody in.
TEST_F(Batch, NobodyIsEnrolledWhenTheStatesAreNotConfirmed) {
    const auto store = opened();
    ASSERT_TRUE(store->read(alice_));
    EXPECT_TRUE(holds_while_failing(
        SYS_fsync, EIO, [&] { return !store->enroll_batch(accounts(2), [] { return Result<void>{}; }); }));
    for (const char* name : {"user0", "user1"})
        EXPECT_FALSE(store_->read(record(name)).value().credential) << name;
    EXPECT_TRUE(staging_is_empty());
    EXPECT_TRUE(enroll_all(accounts(2)).value().passed_over.empty()) << "and they can be enrolled later";
}

// After the renames of the credentials everybody is enrolled, whatever the disk says of the rest.
TEST_F(Batch, WhatCannotBeMarkedIsEnrolledAllTheSame) {
    const auto store = opened();
    ASSERT_TRUE(store->read(alice_));
    EXPECT_TRUE(holds_while_failing(SYS_pwrite64, EIO, [&] {
        const auto enrolled = store->enroll_batch(accounts(2), [] { return Result<void>{}; });
        return enrolled && enrolled->unconfirmed && enrolled->passed_over.empty();
    }));
    for (const char* name : {"user0", "user1"})
        EXPECT_TRUE(store_->read(record(name)).value().credential) << name;
}

}  // namespace
}  // namespace secondstep
