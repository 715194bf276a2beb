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

TEST(Newcomers, WhoLeavesMakesRoom) {
    Newcomers newcomers(1);
    static_cast<void>(newcomers.arrive(1, "a"));
    newcomers.leave(1);
    newcomers.leave(7);
    EXPECT_FALSE(newcomers.arrive(2, "b"));
}

}  // namespace
}  // namespace secondstep::relay
