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

class DamagedFiles : public StoreFixture {
  protected:
    // begin() and read() say `code`, an enrollment that may not go over it says so, too,
    // and no file has changed.
    void expect_refused(Errc code, bool enrollment_opens) {
        const auto before = everything();
        const auto read = opened()->read(alice_);
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().code, code) << read.error().detail;
        EXPECT_THAT(read.error().detail, ::testing::HasSubstr("alice"));
        const auto begun = opened()->begin(alice_);
        ASSERT_FALSE(begun);
        EXPECT_EQ(begun.error().code, code) << begun.error().detail;
        EXPECT_EQ(everything(), before);
        const auto enrollment = opened()->begin_enrollment(alice_);
        EXPECT_EQ(enrollment.has_value(), enrollment_opens);
        if (enrollment) expect_told(**enrollment, code);
    }
    static void expect_told(const Transaction& enrollment, Errc code) {
        ASSERT_TRUE(enrollment.account().lost_credential);
        EXPECT_EQ(enrollment.account().lost_credential->code, code);
        EXPECT_FALSE(enrollment.account().credential);
        EXPECT_TRUE(enrollment.account().state.enrolled)
            << "it must not look like somebody who is not enrolled";
    }
    void expect_untrusted() { expect_refused(Errc::untrusted, false); }

    void damage_slot(std::size_t slot) {
        std::string content = content_of(state_path());
        content[slot * 4096 + 2000] ^= 1;
        overwrite(state_path(), content);
    }
    // The slot that the next write goes to.
    [[nodiscard]] std::size_t older_slot() {
        const std::string before = content_of(state_path());
        write(store_->read(alice_).value().state);
        return content_of(state_path()).substr(0, 4096) != before.substr(0, 4096) ? 1 : 0;
    }
};

// Both files are held to the same rules.
class UntrustedFile : public DamagedFiles, public ::testing::WithParamInterface<const char*> {
  protected:
    [[nodiscard]] std::string file() const { return path(std::string("users/alice.") + GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Each, UntrustedFile, ::testing::Values("state", "credential"),
                         [](const auto& each) { return std::string(each.param); });

TEST_P(UntrustedFile, ASymbolicLink) {
    fs::rename(file(), path("real"));
    fs::create_symlink(path("real"), file());
    expect_untrusted();
}

TEST_P(UntrustedFile, ADanglingSymbolicLink) {
    fs::remove(file());
    fs::create_symlink(path("nothing"), file());
    expect_untrusted();
}

TEST_P(UntrustedFile, APipe) {
    fs::remove(file());
    ASSERT_EQ(::mkfifo(file().c_str(), 0600), 0);
    expect_untrusted();
}

TEST_P(UntrustedFile, ADirectory) {
    fs::remove(file());
    fs::create_directory(file());
    expect_untrusted();
}

TEST_P(UntrustedFile, ReadableForTheGroup) {
    ASSERT_EQ(::chmod(file().c_str(), 0640), 0);
    expect_untrusted();
}

TEST_P(UntrustedFile, WritableForOthers) {
    ASSERT_EQ(::chmod(file().c_str(), 0602), 0);
    expect_untrusted();
}

TEST_P(UntrustedFile, WithTwoLinks) {
    fs::create_hard_link(file(), path("second"));
    expect_untrusted();
}

TEST_P(UntrustedFile, OfAnotherOwner) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
    ASSERT_EQ(::chown(file().c_str(), 65534, 65534), 0);
    expect_untrusted();
}

TEST_P(UntrustedFile, ThatMayNotBeOpened) {
    if (::geteuid() == 0) GTEST_SKIP() << "root may open everything";
    ASSERT_EQ(::chmod(file().c_str(), 0000), 0);
    EXPECT_EQ(store_->begin(alice_).error().code, Errc::not_allowed);
    EXPECT_EQ(store_->read(alice_).error().code, Errc::not_allowed);
    EXPECT_FALSE(store_->begin_enrollment(alice_));
}

// ---- the state file

TEST_F(DamagedFiles, AnEmptyState) {
    overwrite(state_path(), "");
    expect_refused(Errc::damaged, false);
}

TEST_F(DamagedFiles, AShortState) {
    fs::resize_file(state_path(), 8191);
    expect_refused(Errc::damaged, false);
}

TEST_F(DamagedFiles, ALongState) {
    fs::resize_file(state_path(), 8193);
    expect_refused(Errc::damaged, false);
}

TEST_F(DamagedFiles, AMissingStateIsNotANewBeginning) {
    fs::remove(state_path());
    const auto before = everything();
    EXPECT_EQ(store_->read(alice_).error().code, Errc::damaged);
    EXPECT_EQ(store_->begin(alice_).error().code, Errc::damaged);
    EXPECT_EQ(everything(), before);
}

TEST_F(DamagedFiles, AStateOfAKeyThatIsGone) {
    ring_ = Keyring::generate(randomness_);
    expect_refused(Errc::damaged, false);
    EXPECT_THAT(opened()->begin(alice_).error().detail, ::testing::HasSubstr("restore host.key"));
}

TEST_F(DamagedFiles, AStateOfANewerVersionIsNotOverwritten) {
    std::string content = content_of(state_path());
    content[11] = 3;
    overwrite(state_path(), content);
    expect_refused(Errc::unsupported, false);
}

TEST_F(DamagedFiles, AStateOfAnotherAccountDoesNotVerify) {
    enroll(sample_credential("bob"));
    overwrite(state_path(), content_of(path("users/bob.state")));
    const Account account = store_->read(alice_).value();
    EXPECT_TRUE(account.state_damaged);
    EXPECT_TRUE(account.state.recovery.closed);
}

TEST_F(DamagedFiles, ATornNewestSlotLeavesTheOlderOneAndAcceptsNothingItMayHaveAccepted) {
    State state = enrolled_state();
    state.strangers.count = 4;
    write(state);
    write(state);
    const std::size_t newest = 1 - older_slot();
    damage_slot(newest);
    const Account account = store_->read(alice_).value();
    EXPECT_TRUE(account.state_damaged);
    EXPECT_EQ(account.state.strangers.count, 4U);
    const Credential credential = sample_credential();
    EXPECT_EQ(attempt(*store_, totp_answer(credential, clock_.now(), +1)).value(), Reason::replayed);
    EXPECT_EQ(attempt(*store_, recovery_answer(credential, 0)).value(), Reason::closed);
    EXPECT_FALSE(store_->read(alice_).value().state_damaged) << "healed by the write";
    clock_.advance(std::chrono::seconds(60));
    EXPECT_EQ(attempt(*store_, totp_answer(credential, clock_.now())).value(), Reason::right);
}

TEST_F(DamagedFiles, TheDamagedSlotIsTheOneThatIsWritten) {
    for (const std::size_t slot : {0U, 1U}) {
        damage_slot(slot);
        const std::string before = content_of(state_path());
        write(store_->read(alice_).value().state);
        const std::string after = content_of(state_path());
        const std::size_t other = (1 - slot) * 4096;
        EXPECT_EQ(after.substr(other, 4096), before.substr(other, 4096))
            << "the survivor stays until the new one is there";
        EXPECT_FALSE(store_->read(alice_).value().state_damaged);
    }
}

TEST_F(DamagedFiles, TwoDamagedSlotsAreHealedByOneLogin) {
    damage_slot(0);
    damage_slot(1);
    const Account account = store_->read(alice_).value();
    EXPECT_TRUE(account.state_damaged);
    EXPECT_TRUE(account.state.enrolled);
    EXPECT_TRUE(account.state.recovery.closed);
    const Credential credential = sample_credential();
    EXPECT_EQ(attempt(*store_, totp_answer(credential, clock_.now())).value(), Reason::replayed);
    EXPECT_FALSE(store_->read(alice_).value().state_damaged);
}

TEST_F(DamagedFiles, ADamagedStateWithoutCredentialCannotTell) {
    EXPECT_TRUE(store_->begin(alice_).value()->remove_credential(State{}));
    EXPECT_TRUE(store_->read(alice_));
    damage_slot(0);
    expect_refused(Errc::damaged, true);
}

// ---- the credential

TEST_F(DamagedFiles, AMissingCredentialIsNotNotEnrolled) {
    fs::remove(credential_path());
    expect_refused(Errc::damaged, true);
    EXPECT_THAT(store_->begin(alice_).error().detail,
                ::testing::HasSubstr("missing although the account is enrolled"));
}

TEST_F(DamagedFiles, AnEmptyCredential) {
    overwrite(credential_path(), "");
    expect_refused(Errc::damaged, true);
}

TEST_F(DamagedFiles, ATruncatedCredential) {
    fs::resize_file(credential_path(), fs::file_size(credential_path()) - 1);
    expect_refused(Errc::damaged, true);
}

TEST_F(DamagedFiles, AnEndlessCredential) {
    fs::resize_file(credential_path(), 1'000'000);
    expect_refused(Errc::damaged, true);
}

TEST_F(DamagedFiles, ACredentialWithOneBitFlipped) {
    std::string content = content_of(credential_path());
    content[200] ^= 0x10;
    overwrite(credential_path(), content);
    expect_refused(Errc::damaged, true);
}

TEST_F(DamagedFiles, ACredentialCopiedFromAnotherName) {
    enroll(sample_credential("bob"));
    overwrite(credential_path(), content_of(path("users/bob.credential")));
    expect_refused(Errc::damaged, true);
}

TEST_F(DamagedFiles, ACredentialOfANewerVersionIsNotReplaced) {
    std::string content = content_of(credential_path());
    content[11] = 2;
    overwrite(credential_path(), content);
    expect_refused(Errc::unsupported, false);
}

TEST_F(DamagedFiles, AnEnrollmentMendsALostCredential) {
    fs::remove(credential_path());
    enroll(sample_credential());
    EXPECT_TRUE(store_->read(alice_).value().credential);
    fs::remove(credential_path());
    EXPECT_TRUE(store_->begin_enrollment(alice_).value()->remove_credential(State{}));
    EXPECT_FALSE(store_->read(alice_).value().credential) << "disabled";
}

TEST_F(DamagedFiles, AnEnrollmentThatIsGivenUpRevivesNothing) {
    const Credential credential = sample_credential();
    EXPECT_EQ(attempt(*store_, totp_answer(credential, clock_.now())).value(), Reason::right);
    EXPECT_EQ(attempt(*store_, recovery_answer(credential, 0)).value(), Reason::right);
    fs::remove(state_path());
    EXPECT_TRUE(store_->begin_enrollment(alice_));  // makes the state, then no code is confirmed
    EXPECT_EQ(attempt(*store_, totp_answer(credential, clock_.now())).value(), Reason::replayed);
    EXPECT_EQ(attempt(*store_, recovery_answer(credential, 0)).value(), Reason::closed);
}

}  // namespace
}  // namespace secondstep
