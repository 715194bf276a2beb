#include "portals/portal_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "unit/portals/sample_portal.h"
#include "unit/store/store_fixture.h"

namespace secondstep {
namespace {

using testing::sample_portal;

class PortalStoreTest : public testing::StoreFixture {
  protected:
    PortalStore portals() { return PortalStore::open(directory_.path(), false, ring_, randomness_).value(); }
    void link(const PortalStore& store, const std::optional<AccountName>& owner, const std::string& name) {
        auto transaction = store.begin(owner);
        ASSERT_TRUE(transaction) << transaction.error().detail;
        transaction->portals().portals.push_back(sample_portal(name));
        const auto written = transaction->write();
        ASSERT_TRUE(written) << written.error().detail;
    }
    std::optional<AccountName> alice() const { return *AccountName::create("alice"); }
    std::string file() const { return path("portals/alice.portals"); }
};

TEST_F(PortalStoreTest, WhoLinkedNothingHasAnEmptySet) {
    const PortalStore store = portals();
    const auto read = store.read(alice());
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->portals.empty());
    EXPECT_FALSE(std::filesystem::exists(path("portals"))) << "reading makes nothing";
}

TEST_F(PortalStoreTest, WhatWasWrittenIsReadByTheNext) {
    link(portals(), alice(), "invoices");
    const auto read = portals().read(alice());
    ASSERT_TRUE(read) << read.error().detail;
    ASSERT_EQ(read->portals.size(), 1U);
    EXPECT_EQ(read->portals[0].name.text(), "invoices");
}

TEST_F(PortalStoreTest, FilesAreTheOwnersAlone) {
    link(portals(), alice(), "invoices");
    struct stat status{};
    ASSERT_EQ(::stat(file().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600U);
    ASSERT_EQ(::stat(path("portals").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0700U);
}

TEST_F(PortalStoreTest, KeysAreNotInTheFile) {
    link(portals(), alice(), "invoices");
    const std::string content = testing::content_of(file());
    EXPECT_THAT(content, ::testing::Not(::testing::HasSubstr("invoices")));
    EXPECT_THAT(content, ::testing::Not(::testing::HasSubstr("12345678901234567890")));
}

TEST_F(PortalStoreTest, TheHostsAreNobodysElse) {
    const PortalStore store = portals();
    link(store, std::nullopt, "invoices");
    EXPECT_TRUE(store.read(*AccountName::create("host"))->portals.empty());
    EXPECT_TRUE(store.read(*AccountName::create("+host"))->portals.empty());
    EXPECT_EQ(store.read(std::nullopt)->portals.size(), 1U);
}

TEST_F(PortalStoreTest, AFileUnderAnotherNameDoesNotOpen) {
    const PortalStore store = portals();
    link(store, alice(), "invoices");
    std::filesystem::copy_file(file(), path("portals/bob.portals"));
    EXPECT_EQ(store.read(*AccountName::create("bob")).error().code, Errc::damaged);
    std::filesystem::copy_file(credential_path(), path("portals/carla.portals"));
    EXPECT_EQ(store.read(*AccountName::create("carla")).error().code, Errc::damaged);
}

TEST_F(PortalStoreTest, DamageIsDamageAndNotAnEmptySet) {
    const PortalStore store = portals();
    link(store, alice(), "invoices");
    testing::overwrite(file(), testing::content_of(file()).substr(1));
    EXPECT_EQ(store.read(alice()).error().code, Errc::damaged);
    EXPECT_EQ(store.begin(alice()).error().code, Errc::damaged);
    testing::overwrite(file(), std::string(200'000, 'x'));
    EXPECT_EQ(store.read(alice()).error().code, Errc::damaged);
}

TEST_F(PortalStoreTest, AFileThatOthersMayReadIsNotTrusted) {
    const PortalStore store = portals();
    link(store, alice(), "invoices");
    std::filesystem::permissions(file(), std::filesystem::perms{0644});
    EXPECT_EQ(store.read(alice()).error().code, Errc::untrusted);
}

TEST_F(PortalStoreTest, WithoutTheKeyNothingOpens) {
    link(portals(), alice(), "invoices");
    const Keyring other = Keyring::generate(randomness_);
    const auto store = PortalStore::open(directory_.path(), false, other, randomness_);
    EXPECT_EQ(store->read(alice()).error().code, Errc::damaged);
}

TEST_F(PortalStoreTest, OneAtATimeHasThem) {
    const PortalStore store = portals();
    const PortalStore other = portals();
    {
        const auto first = store.begin(alice());
        ASSERT_TRUE(first);
        EXPECT_EQ(other.begin(alice()).error().code, Errc::busy);
        EXPECT_TRUE(other.begin(*AccountName::create("bob"))) << "the lock is each owner's own";
    }
    EXPECT_TRUE(other.begin(alice()));
}

TEST_F(PortalStoreTest, WhatIsNotWrittenIsForgotten) {
    const PortalStore store = portals();
    {
        auto transaction = store.begin(alice());
        transaction->portals().portals.push_back(sample_portal("invoices"));
    }
    EXPECT_TRUE(store.read(alice())->portals.empty());
}

TEST_F(PortalStoreTest, ALinkInThePlaceOfTheLockIsNotFollowed) {
    std::filesystem::create_directory(path("portals"));
    std::filesystem::permissions(path("portals"), std::filesystem::perms::owner_all);
    std::filesystem::create_symlink(path("elsewhere"), path("portals/alice.lock"));
    EXPECT_FALSE(portals().begin(alice()));
    EXPECT_FALSE(std::filesystem::exists(path("elsewhere")));
}

}  // namespace
}  // namespace secondstep
