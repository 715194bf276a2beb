#include "relay/newcomers.h"

#include <gmock/gmock.h>

namespace secondstep::relay {
namespace {

using ::testing::Eq;
using ::testing::Optional;

TEST(Newcomers, HavePlacesUntilThereAreNone) {
    Newcomers newcomers(2);
    EXPECT_FALSE(newcomers.arrive(1, "a"));
    EXPECT_FALSE(newcomers.arrive(2, "a"));
    EXPECT_THAT(newcomers.arrive(3, "a"), Optional(Eq(1U))) << "the first of the only address";
}

TEST(Newcomers, TheAddressWithTheMostGivesThePlace) {
    Newcomers newcomers(3);
    static_cast<void>(newcomers.arrive(1, "single"));
    static_cast<void>(newcomers.arrive(2, "many"));
    static_cast<void>(newcomers.arrive(3, "many"));
    EXPECT_THAT(newcomers.arrive(4, "another"), Optional(Eq(2U)));
    EXPECT_EQ(newcomers.size(), 3U);
}

// By the spelling of the address a host at 10... would go as it comes, whenever strangers have all places.
TEST(Newcomers, OfNetworksWithAsManyTheFirstGoes) {
    Newcomers newcomers(3);
    static_cast<void>(newcomers.arrive(1, "2001:db8:1::1"));
    static_cast<void>(newcomers.arrive(2, "2001:db8:2::1"));
    static_cast<void>(newcomers.arrive(3, "203.0.113.3"));
    EXPECT_THAT(newcomers.arrive(4, "10.0.0.1"), Optional(Eq(1U)));
    EXPECT_THAT(newcomers.arrive(5, "10.0.0.2"), Optional(Eq(2U)));
}

TEST(Newcomers, TheAddressesOfOneNetworkAreOneHand) {
    Newcomers newcomers(3);
    static_cast<void>(newcomers.arrive(1, "192.0.2.1"));
    static_cast<void>(newcomers.arrive(2, "2001:db8::1"));
    static_cast<void>(newcomers.arrive(3, "2001:db8::ffff:2"));
    EXPECT_THAT(newcomers.arrive(4, "192.0.2.2"), Optional(Eq(2U)));
    EXPECT_THAT(newcomers.arrive(5, "::ffff:192.0.2.3"), Optional(Eq(1U))) << "IPv4 is not one network";
}

TEST(Newcomers, WhoLeavesMakesRoom) {
    Newcomers newcomers(1);
    static_cast<void>(newcomers.arrive(1, "a"));
    newcomers.leave(1);
    newcomers.leave(7);
    EXPECT_FALSE(newcomers.arrive(2, "b"));
}

}  // namespace
}  // namespace secondstep::relay
