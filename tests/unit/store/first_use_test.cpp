#include "store/first_use.h"

#include "store/host_key_file.h"
#include "unit/store/store_fixture.h"

// A store that nobody has used yet, as packages and images leave it.
namespace secondstep {
namespace {

using namespace secondstep::testing;
namespace fs = std::filesystem;

class FirstUse : public ::testing::Test {
  protected:
    FirstUse() {
        fs::create_directory(store_);
        fs::permissions(store_, fs::perms::owner_all);
    }
    [[nodiscard]] bool unused() const { return is_unused(store_, key_).value(); }
    [[nodiscard]] HostKeyFile key_file() const { return {key_, ::geteuid(), ::getegid()}; }
    [[nodiscard]] std::unique_ptr<FileStore> opened(Keyring ring, bool unused) {
        return FileStore::open({.directory = store_, .unused = unused}, std::move(ring), clock_, randomness_)
            .value();
    }
    [[nodiscard]] Keyring stand_in() { return Keyring::generate(randomness_); }

    TemporaryDirectory directory_{memory()};
    const std::string store_ = directory_.file("store");
    const std::string key_ = directory_.file("host.key");
    FakeClock clock_;
    SeededRandomness randomness_{7};
};

TEST_F(FirstUse, IsWhatTheStoreItselfSays) {
    EXPECT_FALSE(unused()) << "a store that was lost looks like this";
    ASSERT_TRUE(mark_unused(store_));
    EXPECT_TRUE(unused());
    ASSERT_TRUE(mark_unused(store_)) << "it is safe to repeat";
}

TEST_F(FirstUse, IsOverWithTheLayout) {
    ASSERT_TRUE(mark_unused(store_));
    ASSERT_TRUE(key_file().make(randomness_).value());
    ASSERT_TRUE(opened(load_keyring(key_).value(), false)->create_layout());
    EXPECT_FALSE(unused());
    fs::remove(key_);
    EXPECT_FALSE(unused()) << "that key was lost";
}

// Who is killed between key and layout leaves what the next one finishes, with the same key.
TEST_F(FirstUse, GoesOnAfterAKeyThatWasMadeAndNoMore) {
    ASSERT_TRUE(mark_unused(store_));
    ASSERT_TRUE(key_file().make(randomness_).value());
    const std::string key = content_of(key_);
    EXPECT_TRUE(unused());
    EXPECT_FALSE(key_file().make(randomness_).value());
    EXPECT_EQ(content_of(key_), key);
}

// A store that is put back from a backup over one that was never used, without its key.
TEST_F(FirstUse, IsNoneWhereThereAreAccountsAndNoKey) {
    ASSERT_TRUE(mark_unused(store_));
    fs::create_directory(store_ + "/users");
    EXPECT_FALSE(unused());
}

TEST_F(FirstUse, IsNotToldWhereNobodyCanLook) {
    if (::geteuid() == 0) GTEST_SKIP() << "root looks everywhere";
    ASSERT_TRUE(mark_unused(store_));
    fs::permissions(store_, fs::perms::none);
    EXPECT_FALSE(is_unused(store_, key_).has_value());
    fs::permissions(store_, fs::perms::owner_all);
}

TEST_F(FirstUse, LeavesNothingForAStandInKey) {
    ASSERT_TRUE(mark_unused(store_));
    const auto store = opened(stand_in(), true);
    const RecordName alice = RecordName::of(*AccountName::create("alice"));
    EXPECT_FALSE(store->read(alice).value().credential.has_value());
    EXPECT_EQ(store->begin(alice).error().code, Errc::not_found);
    EXPECT_FALSE(store->begin_enrollment(alice).has_value());
    EXPECT_FALSE(store->begin_enrolling().has_value());
    std::size_t accounts = 0;
    ASSERT_TRUE(store->for_each([&](const AccountName&) { return ++accounts > 0; }));
    EXPECT_EQ(accounts, 0U);
    EXPECT_EQ(std::distance(fs::directory_iterator(store_), fs::directory_iterator{}), 1) << "the mark";
}

TEST_F(FirstUse, NeverReplacesAHostKey) {
    overwrite(key_, "precious");
    ASSERT_EQ(::chmod(key_.c_str(), 0400), 0);
    EXPECT_FALSE(key_file().make(randomness_).value());
    EXPECT_EQ(content_of(key_), "precious");
}

TEST_F(FirstUse, MakesAHostKeyThatOnlyItsAccountReads) {
    ASSERT_TRUE(key_file().make(randomness_).value());
    struct stat info{};
    ASSERT_EQ(::stat(key_.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777U, 0400U);
    EXPECT_FALSE(key_file().hand_over().value());
}

}  // namespace
}  // namespace secondstep
