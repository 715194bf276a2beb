// A fleet without common uids is one on its node as well: the service reads it from the fleet's own record.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "fleet/file_records.h"
#include "secondstepd/settings.h"
#include "service/installation.h"

namespace secondstep::testing {
namespace {

class OwnUids : public ::testing::Test {
  protected:
    [[nodiscard]] Result<service::Settings> opened() const {
        return service::open_settings(*load_config(installation_.config()), people_, clock_, randomness_);
    }
    void create_fleet(fleet::Uids uids) {
        const auto before = opened();
        ASSERT_TRUE(before) << before.error().detail;
        const fleet::FleetIdentity identity{.id = {1},
                                            .uids = uids,
                                            .since = from_unix(1'800'000'000),
                                            .nodes = {{"auth1", "192.0.2.11:7464"}},
                                            .authority = {4},
                                            .authority_key = Secret::copy_of("a key")};
        const auto records =
            fleet::FileFleetRecords::open(before->config->store, true, *before->keyring, clock_, randomness_);
        ASSERT_TRUE(records) << records.error().detail;
        const auto created = (*records)->create(identity);
        ASSERT_TRUE(created) << created.error().detail;
    }

    const Installation installation_{"fleet = node\nfleet_listen = 127.0.0.1:7411\n",
                                     Installation::Owner::test};
    const SystemClock clock_;
    mutable SystemRandomness randomness_;
    NameServicePeople people_;
};

TEST_F(OwnUids, AreNotThereBeforeTheFleetIs) {
    ASSERT_TRUE(opened()) << opened().error().detail;
    EXPECT_FALSE(opened()->own_uids);
}

TEST_F(OwnUids, AreThoseOfAFleetWhereTheyDiffer) {
    create_fleet(fleet::Uids::differ);
    ASSERT_TRUE(opened()) << opened().error().detail;
    EXPECT_TRUE(opened()->own_uids);
}

TEST_F(OwnUids, AreNotThoseOfAFleetWhereTheyAreTheSame) {
    create_fleet(fleet::Uids::same);
    ASSERT_TRUE(opened()) << opened().error().detail;
    EXPECT_FALSE(opened()->own_uids);
}

TEST_F(OwnUids, ARecordThatCannotBeReadIsNoAnswer) {
    create_fleet(fleet::Uids::differ);
    std::ofstream(std::filesystem::path(opened()->config->store) / "fleet" / "identity") << "damaged";
    EXPECT_FALSE(opened()) << "another alice must not manage this one's second step meanwhile";
}

}  // namespace
}  // namespace secondstep::testing
