#include "store/uid_index.h"

#include <gmock/gmock.h>
#include <sys/syscall.h>

#include "support/failing_system_call.h"
#include "unit/store/killed_process.h"
#include "unit/store/store_fixture.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
namespace fs = std::filesystem;

class UidIndexOfAStore : public StoreFixture {
  protected:
    UidIndexOfAStore() : StoreFixture(memory()) {}

    [[nodiscard]] std::vector<std::string> names(std::optional<uid_t> uid) {
        std::vector<std::string> texts;
        const auto found = opened()->names_enrolled_for(uid);
        EXPECT_TRUE(found) << found.error().detail;
        for (const AccountName& name : found.value_or(std::vector<AccountName>{}))
            texts.push_back(name.text());
        return texts;
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
    static Credential of(const char* name, std::optional<uid_t> uid) {
        Credential credential = sample_credential(name);
        credential.uid = uid;
        return credential;
    }
};

TEST_F(UidIndexOfAStore, KnowsUnderWhichNamesAUidIsEnrolled) {
    enroll(of("bob", 1001));
    enroll(of("Bob.Two", 1001));
    enroll(of("portal", std::nullopt));
    EXPECT_THAT(names(1001), UnorderedElementsAre("bob", "Bob.Two"));
    EXPECT_THAT(names(100), IsEmpty());
    EXPECT_THAT(names(std::nullopt), IsEmpty());
}

TEST_F(UidIndexOfAStore, FollowsAnEnrollmentForAnotherUidAndARemoval) {
    enroll(of("bob", 1001));
    enroll(of("bob", 1002));
    EXPECT_THAT(names(1001), IsEmpty());
    EXPECT_THAT(names(1002), ElementsAre("bob"));
    const auto bob = store_->begin(RecordName::of(name_of("bob"))).value();
    ASSERT_TRUE(bob->remove_credential(State{}));
    EXPECT_THAT(names(1002), IsEmpty());
    EXPECT_FALSE(fs::exists(path("uids/1002")));
}

// A power cut may bring the old file back: a name too many is no harm, one too few lets somebody in.
TEST_F(UidIndexOfAStore, ForgetsNoNameBesideWhatTheDiskDidNotConfirm) {
    enroll(of("bob", 1001));
    const auto unconfirmed = [&](const std::function<Result<WriteOutcome>(Transaction&)>& change) {
        const auto transaction = store_->begin(RecordName::of(name_of("bob"))).value();
        const SystemCall of_directory(SYS_fsync, descriptor_of(path("users")));
        return of_directory.descriptor && holds_while_failing(of_directory, EIO, [&] {
                   const auto done = change(*transaction);
                   return done && *done == WriteOutcome::unconfirmed;
               });
    };
    EXPECT_TRUE(unconfirmed(
        [](Transaction& bob) { return bob.write_credential(of("bob", 1002), enrolled_state()); }));
    EXPECT_THAT(names(1001), ElementsAre("bob"));
    EXPECT_THAT(names(1002), ElementsAre("bob"));
    EXPECT_TRUE(unconfirmed([](Transaction& bob) { return bob.remove_credential(State{}); }));
    EXPECT_THAT(names(1002), ElementsAre("bob"));
}

TEST_F(UidIndexOfAStore, KnowsWhatABatchEnrolls) {
    std::vector<NewAccount> accounts;
    accounts.push_back({of("ann", 1003), enrolled_state()});
    accounts.push_back({of("ben", 1005), enrolled_state()});
    ASSERT_TRUE(store_->begin_enrollment(RecordName::of(name_of("ben")))) << "goes in singly";
    ASSERT_TRUE(store_->enroll_batch(accounts, [] { return Result<void>{}; }));
    EXPECT_THAT(names(1003), ElementsAre("ann"));
    EXPECT_THAT(names(1005), ElementsAre("ben"));
}

TEST_F(UidIndexOfAStore, ABatchThatFailedLeavesNoNames) {
    std::vector<NewAccount> accounts;
    accounts.push_back({of("ann", 1003), enrolled_state()});
    ASSERT_FALSE(store_->enroll_batch(accounts, []() -> Result<void> { return fail(Errc::io, "no room"); }));
    EXPECT_FALSE(fs::exists(path("uids/1003")));
}

// A power cut keeps what was flushed: the name before the credential, so that nobody is enrolled whose uid
// leads nowhere.
TEST_F(UidIndexOfAStore, StandsBeforeTheCredentialAtEveryMoment) {
    const RecordName bob = RecordName::of(name_of("bob"));
    bool enrolled = false;
    const auto prepare = [&] {
        for (const char* file : {"uids/1001/bob", "uids/1001", "users/bob.state", "users/bob.credential"})
            fs::remove(path(file));
    };
    const auto work = [&] {
        static_cast<void>(store_->begin_enrollment(bob).value()->write_credential(of("bob", 1001), State{}));
    };
    const auto check = [&](int n) {
        const auto account = opened()->read(bob);
        ASSERT_TRUE(account) << n;
        if (!account->credential) return;
        enrolled = true;
        EXPECT_THAT(names(1001), ElementsAre("bob")) << n;
    };
    if (killed_everywhere(prepare, work, check) < 0) GTEST_SKIP() << "cannot trace a child here";
    EXPECT_TRUE(enrolled);
}

TEST_F(UidIndexOfAStore, NobodyIsEnrolledWhoseNameCouldNotBeNoted) {
    const auto nothing_enrolled = [&] {
        const auto store = opened();
        const auto transaction = store->begin_enrollment(RecordName::of(name_of("bob")));
        if (!transaction || (*transaction)->write_credential(of("bob", 1001), State{})) return false;
        return !fs::exists(path("users/bob.credential"));
    };
    fs::remove_all(path("uids"));
    EXPECT_TRUE(holds_while_failing(SYS_mkdirat, ENOSPC, nothing_enrolled));
}

TEST_F(UidIndexOfAStore, OfAnOlderStoreIsEmptyUntilItIsMade) {
    enroll(of("bob", 1001));
    fs::remove_all(path("uids"));
    EXPECT_THAT(names(1001), IsEmpty());
    EXPECT_EQ(opened()->complete_uid_index().value(), 2U) << "alice and bob";
    EXPECT_THAT(names(1001), ElementsAre("bob"));
    EXPECT_EQ(opened()->complete_uid_index().value(), 0U);
    fs::remove_all(path("uids"));
    ASSERT_TRUE(opened()->create_layout());
    EXPECT_THAT(names(1001), ElementsAre("bob"));
}

TEST_F(UidIndexOfAStore, ThatIsNotOursIsNotBelieved) {
    fs::remove_all(path("uids"));
    fs::create_directory_symlink(path("users"), path("uids"));
    EXPECT_FALSE(opened()->names_enrolled_for(1001));
    EXPECT_FALSE(opened()
                     ->begin_enrollment(RecordName::of(name_of("bob")))
                     .value()
                     ->write_credential(of("bob", 1001), State{}));
}

}  // namespace
}  // namespace secondstep
