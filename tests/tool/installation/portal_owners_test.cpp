#include "installation/portal_owners.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/portals/sample_portal.h"

namespace secondstep::tool {
namespace {

using namespace std::chrono_literals;
using secondstep::testing::sample_portal;
using ::testing::HasSubstr;

const UnixTime linked{1'750'000'000s};

LinkedPortals portals_of_alice() {
    LinkedPortals portals{*AccountName::create("alice"), 1000, {}};
    for (const UnixTime when : {linked + 100h, linked}) {
        portals.portals.push_back(sample_portal(when == linked ? "old" : "new"));
        portals.portals.back().linked_at = when;
    }
    return portals;
}

std::string doubt(const Owner& owner) {
    const auto finding = doubt_about(portals_of_alice(), owner);
    return finding ? finding->text + " => " + finding->mend : "";
}

TEST(PortalOwners, AreDoubtedWhenTheirHomeIsYoungerThanAPortal) {
    EXPECT_EQ(doubt({true, linked, std::nullopt}), "");
    EXPECT_EQ(doubt({true, linked - 1s, linked + 1h}), "") << "a password is changed, a home is not";
    EXPECT_THAT(doubt({true, linked + 1s, std::nullopt}),
                HasSubstr("before the home folder of alice was made"));
    EXPECT_THAT(doubt({true, linked + 1s, std::nullopt}),
                HasSubstr("secondstep portal remove --owner alice"));
}

TEST(PortalOwners, WithoutAHomeAreDoubtedByTheirPassword) {
    EXPECT_EQ(doubt({true, std::nullopt, std::nullopt}), "");
    EXPECT_EQ(doubt({true, std::nullopt, linked - 24h}), "");
    EXPECT_THAT(doubt({true, std::nullopt, linked + 24h}), HasSubstr("before the password of alice was set"));
}

TEST(PortalOwners, WhoAreGoneAreNamed) {
    EXPECT_THAT(doubt({false, std::nullopt, std::nullopt}), HasSubstr("no such account any more"));
}

TEST(PortalOwners, WithoutPortalsAreNobodysBusiness) {
    EXPECT_FALSE(doubt_about({*AccountName::create("alice"), 1000, {}}, {false, std::nullopt, std::nullopt}));
}

}  // namespace
}  // namespace secondstep::tool
