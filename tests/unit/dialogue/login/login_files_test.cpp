// The main conversations on the real store, in files.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "account/state_slot.h"
#include "dialogue/make_dialogue.h"
#include "store/file_store.h"
#include "support/temporary_directory.h"
#include "unit/dialogue/login_world.h"

namespace secondstep {
namespace {

using ::testing::HasSubstr;
using testing::LoginWorld;
using testing::TemporaryDirectory;
using testing::Transcript;

class LoginFiles : public ::testing::Test {
  protected:
    void SetUp() override {
        // Without the decoys, which take a second or two; whoever needs them calls create_layout().
        for (const char* name : {"users", "decoys", "staging"}) {
            ASSERT_EQ(::mkdir(directory_.file(name).c_str(), 0700), 0);
        }
        store_ = open();
        world_.real_store = store_;
        world_.add_person("alice", 1000);
        world_.add_person("bob", 1001);
        credential_ = world_.new_credential("alice", 1000);
        enroll(*credential_);
    }

    std::shared_ptr<FileStore> open() {
        Result<Keyring> keyring = Keyring::parse(world_.keyring->encode());
        Result<std::unique_ptr<FileStore>> store = FileStore::open(
            {.directory = directory_.path()}, std::move(*keyring), world_.clock, world_.randomness);
        EXPECT_TRUE(store) << store.error().detail;
        return store ? std::move(*store) : nullptr;
    }
    void enroll(const Credential& credential) {
        auto transaction = store_->begin_enrollment(RecordName::of(credential.account));
        ASSERT_TRUE(transaction) << transaction.error().detail;
        const State next = state_after_enrollment((*transaction)->account().state, credential, {});
        ASSERT_TRUE((*transaction)->write_credential(credential, next));
    }
    std::string code(int steps = 0) { return world_.code_of(credential_->authenticators[0].key, steps); }
    std::string file(const std::string& name) { return directory_.file(name); }
    State state() { return store_->read(RecordName::of(credential_->account))->state; }

    TemporaryDirectory directory_;
    LoginWorld world_;
    std::shared_ptr<FileStore> store_;
    std::optional<Credential> credential_;
};

TEST_F(LoginFiles, ARightCodeIsAcceptedOnceAlsoAfterARestart) {
    EXPECT_EQ(world_.login("alice", {code()}).verdict, Verdict::accepted);
    EXPECT_EQ(world_.login("alice", {code(), testing::no_answer}).verdict, Verdict::cancelled);
    world_.real_store = open();
    EXPECT_EQ(world_.login("alice", {code(), testing::no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(world_.login("alice", {code(-1), testing::no_answer}).verdict, Verdict::cancelled)
        << "an older one";
    world_.clock.advance(std::chrono::seconds{30});
    EXPECT_EQ(world_.login("alice", {code()}).verdict, Verdict::accepted);
}

TEST_F(LoginFiles, ARecoveryCodeIsAcceptedOnce) {
    const std::string recovery = world_.recovery_codes["alice"].front();
    EXPECT_EQ(world_.login("alice", {recovery}).verdict, Verdict::accepted);
    world_.pass(std::chrono::seconds{2});
    EXPECT_EQ(world_.login("alice", {recovery, testing::no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(recovery_codes_left(*credential_, state()), 2U);
}

TEST_F(LoginFiles, FailuresAreCountedAndThrottle) {
    for (int i = 0; i < 2; ++i)
        static_cast<void>(world_.login("alice", {"000000", "000001", "000002"}));
    EXPECT_EQ(state().strangers.count, 6U);
    EXPECT_EQ(world_.login("alice", {code(), testing::no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(world_.journal.decisions.at(6).reason, "throttled");
}

TEST_F(LoginFiles, UnknownAndNotEnrolledUseADecoyOnTheDisk) {
    ASSERT_TRUE(store_->create_layout());
    world_.configure("action = require\n");
    for (const char* user : {"bob", "mallory"}) {
        const auto number = world_.keyring->decoy_number(user);
        ASSERT_TRUE(number);
        const RecordName decoy = RecordName::decoy(*number);
        const std::uint64_t before = store_->read(decoy)->state.generation;
        EXPECT_EQ(world_.login(user, {"123456", "0123-4567-89AB-CDEF", "123456"}).verdict, Verdict::refused);
        EXPECT_EQ(store_->read(decoy)->state.generation, before + 3) << "each answer was written";
        EXPECT_FALSE(std::filesystem::exists(file("users/" + std::string(user) + ".state")));
    }
}

TEST_F(LoginFiles, NotEnrolledUnderAllowIsNotNeededAndMakesNoFile) {
    EXPECT_EQ(world_.login("bob", {}).verdict, Verdict::not_needed);
    EXPECT_EQ(world_.login("mallory", {}).verdict, Verdict::refused);
    EXPECT_FALSE(std::filesystem::exists(file("users/bob.state")));
    EXPECT_FALSE(std::filesystem::exists(file("users/mallory.state")));
}

TEST_F(LoginFiles, ALostCredentialDoesNotSwitchTheSecondStepOff) {
    std::filesystem::remove(file("users/alice.credential"));
    EXPECT_EQ(world_.login("alice", {}).verdict, Verdict::unavailable);
}

TEST_F(LoginFiles, ALostStateIsUnavailable) {
    std::filesystem::remove(file("users/alice.state"));
    EXPECT_EQ(world_.login("alice", {}).verdict, Verdict::unavailable);
}

TEST_F(LoginFiles, ACredentialOfAnotherNameDoesNotOpen) {
    Credential bob = world_.new_credential("bob", 1001);
    enroll(bob);
    std::filesystem::copy_file(file("users/alice.credential"), file("users/bob.credential"),
                               std::filesystem::copy_options::overwrite_existing);
    EXPECT_EQ(world_.login("bob", {code()}).verdict, Verdict::unavailable);
}

TEST_F(LoginFiles, ADisabledAccountIsNotEnrolled) {
    {
        auto transaction = store_->begin(RecordName::of(credential_->account));
        ASSERT_TRUE(transaction);
        State next = (*transaction)->account().state;
        next.enrolled = false;
        ASSERT_TRUE((*transaction)->remove_credential(next));
    }
    EXPECT_EQ(world_.login("alice", {}).verdict, Verdict::not_needed);
}

TEST_F(LoginFiles, ALockOfAnotherProcessIsWaitedForAndThenUnavailable) {
    auto transaction = store_->begin(RecordName::of(credential_->account));
    ASSERT_TRUE(transaction);
    EXPECT_EQ(world_.login("alice", {code()}).verdict, Verdict::unavailable);
    EXPECT_THAT(world_.last_decision().reason, HasSubstr("locked"));
    transaction->reset();
    EXPECT_EQ(world_.login("alice", {code()}).verdict, Verdict::accepted);
}

class LoginFilesDamaged : public LoginFiles, public ::testing::WithParamInterface<int> {};

TEST_P(LoginFilesDamaged, ALostSlotIsSaidAndHealedAndOnlyNewerCodesAreAccepted) {
    ASSERT_EQ(world_.login("alice", {code()}).verdict, Verdict::accepted);
    {
        std::fstream slot(file("users/alice.state"), std::ios::in | std::ios::out | std::ios::binary);
        slot.seekp(GetParam() * static_cast<std::streamoff>(state_slot_size) + 100);
        slot.put('\x55');
    }
    const Transcript login =
        world_.login("alice", {code(1), world_.recovery_codes["alice"].front(), testing::no_answer});
    EXPECT_EQ(login.verdict, Verdict::cancelled);
    ASSERT_EQ(world_.journal.warnings.size(), 1U) << "the first write healed it";
    EXPECT_THAT(world_.journal.warnings[0], HasSubstr("alice"));
    world_.clock.advance(std::chrono::seconds{90});
    EXPECT_EQ(world_.login("alice", {code()}).verdict, Verdict::accepted);
    EXPECT_EQ(world_.journal.warnings.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Slot, LoginFilesDamaged, ::testing::Values(0, 1));

TEST_F(LoginFiles, AStoreThatCannotBeWrittenNeverAccepts) {
    if (::geteuid() == 0) GTEST_SKIP() << "root writes whatever the mode is";
    ASSERT_EQ(::chmod(file("users/alice.state").c_str(), 0400), 0);
    EXPECT_EQ(world_.login("alice", {code()}).verdict, Verdict::unavailable);
}

}  // namespace
}  // namespace secondstep
