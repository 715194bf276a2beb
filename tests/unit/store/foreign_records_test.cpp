#include "store/foreign_records.h"

#include "base/text.h"
#include "unit/store/store_fixture.h"

// Records that were sealed with a key which is not in the ring.
namespace secondstep {
namespace {

using namespace secondstep::testing;
namespace fs = std::filesystem;

class ForeignRecords : public StoreFixture {
  protected:
    ForeignRecords() {
        fs::create_directory(path("portals")), fs::permissions(path("portals"), fs::perms::owner_all);
    }
    [[nodiscard]] std::unique_ptr<FileStore> with_another_key() {
        return opened_with(Keyring::generate(randomness_));
    }
    static RecordName record(const std::string& name) { return RecordName::of(name_of(name)); }
    [[nodiscard]] std::string aside(const std::string& file) const {
        return path("aside/" + hex(ring_.newest().id) + "/users/" + file);
    }
};

TEST_F(ForeignRecords, NameTheKeyThatIsMissing) {
    EXPECT_EQ(store_->foreign_key(alice_).value(), std::nullopt);
    EXPECT_EQ(with_another_key()->foreign_key(alice_).value(), ring_.newest().id);
    EXPECT_EQ(with_another_key()->foreign_key(record("nobody")).value(), std::nullopt);
}

TEST_F(ForeignRecords, AStateAloneNamesItToo) {
    fs::remove(credential_path());
    EXPECT_EQ(with_another_key()->foreign_key(alice_).value(), ring_.newest().id);
}

TEST_F(ForeignRecords, OfDamagedFilesNothingIsSaid) {
    overwrite(credential_path(), "nonsense");
    overwrite(state_path(), std::string(8192, 'x'));
    EXPECT_EQ(with_another_key()->foreign_key(alice_).value(), std::nullopt);
}

TEST_F(ForeignRecords, AreMovedAsideAndCanBeMovedBack) {
    const auto other = with_another_key();
    const Credential bob = sample_credential("bob");
    ASSERT_TRUE(other->begin_enrollment(record("bob")).value()->write_credential(bob, enrolled_state()));
    const std::string sealed = content_of(credential_path());
    EXPECT_EQ(other->move_foreign_records().value(), 1U);
    EXPECT_FALSE(other->read(alice_).value().credential) << "not enrolled";
    EXPECT_TRUE(other->read(record("bob")).value().credential);
    EXPECT_EQ(content_of(aside("alice.credential")), sealed);
    EXPECT_EQ(other->move_foreign_records().value(), 0U);
    for (const char* file : {"alice.credential", "alice.state"})
        fs::rename(aside(file), path(std::string("users/") + file));
    EXPECT_TRUE(store_->read(alice_).value().credential) << "with the old key";
}

TEST_F(ForeignRecords, AreMovedToTheEndAfterAKill) {
    fs::create_directories(fs::path(aside("x")).parent_path());
    fs::rename(credential_path(), aside("alice.credential"));
    const auto other = with_another_key();
    EXPECT_FALSE(other->read(alice_)) << "half moved lets nobody in";
    EXPECT_EQ(other->move_foreign_records().value(), 1U);
    EXPECT_TRUE(fs::exists(aside("alice.state")));
}

TEST_F(ForeignRecords, NeverTakeTheNameOfWhatWasMovedBefore) {
    fs::create_directories(fs::path(aside("x")).parent_path());
    overwrite(aside("alice.credential"), "of an earlier day");
    const auto moved = with_another_key()->move_foreign_records();
    ASSERT_FALSE(moved);
    EXPECT_EQ(moved.error().code, Errc::exists);
    EXPECT_EQ(content_of(aside("alice.credential")), "of an earlier day");
    EXPECT_TRUE(store_->read(alice_).value().credential);
}

}  // namespace
}  // namespace secondstep
