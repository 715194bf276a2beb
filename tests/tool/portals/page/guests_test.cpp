#include "portals/page/guests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace secondstep::page {
namespace {

using namespace std::chrono_literals;
using Id = Guests::Id;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Guests::Time begin{1000h};
const Guests::Bounds usual{};

// Who is served, as the server would do it.
class House {
  public:
    explicit House(const Guests::Bounds& bounds = usual) : guests(bounds) {}

    void come(Id id, const std::string& address) {
        if (const auto out = guests.arrive(id, address, now)) hung_up.push_back(*out);
        seat();
    }
    void pass(std::chrono::milliseconds time) {
        now += time;
        seat();
    }
    void leave(Id id) {
        std::erase(served, id);
        guests.leave(id);
        seat();
    }
    void seat() {
        while (const auto move = guests.next(now)) {
            if (move->hang_up) {
                hung_up.push_back(*move->hang_up);
                std::erase(served, *move->hang_up);
            }
            if (move->serve) served.push_back(*move->serve);
        }
    }
    [[nodiscard]] bool serves(Id id) const { return std::ranges::find(served, id) != served.end(); }

    Guests guests;
    Guests::Time now = begin;
    std::vector<Id> served;
    std::vector<Id> hung_up;
};

// Sixteen of four addresses.
void fill(House& house) {
    for (Id id = 1; id <= 16; ++id)
        house.come(id, "192.0.2." + std::to_string(id % 4));
}

TEST(Guests, SixteenAreServedAtOnce) {
    House house;
    fill(house);
    EXPECT_EQ(house.served.size(), 16U);
    EXPECT_THAT(house.hung_up, IsEmpty());
    EXPECT_EQ(house.guests.crowding(), "");
    EXPECT_FALSE(house.guests.again());
}

TEST(Guests, WhoComesToAFullHouseWaitsUntilTheOldestStrangerHasHadTheirTime) {
    House house;
    fill(house);
    house.pass(500ms);
    house.come(17, "198.51.100.7");
    EXPECT_FALSE(house.serves(17));
    EXPECT_THAT(house.guests.crowding(), ::testing::StartsWith("192.0.2."));
    EXPECT_EQ(house.guests.again(), begin + 2s);
    house.pass(1499ms);
    EXPECT_FALSE(house.serves(17));
    house.pass(1ms);
    EXPECT_TRUE(house.serves(17));
    EXPECT_THAT(house.hung_up, ElementsAre(1));
    EXPECT_EQ(house.guests.crowding(), "");
}

TEST(Guests, WhoHasShownTheLinkIsNotHungUp) {
    House house;
    fill(house);
    for (Id id = 1; id <= 15; ++id)
        house.guests.show_link(id);
    house.pass(1h);
    house.come(17, "198.51.100.7");
    house.come(18, "198.51.100.7");
    EXPECT_TRUE(house.serves(17));
    EXPECT_THAT(house.hung_up, ElementsAre(16));
    EXPECT_FALSE(house.serves(18)) << "17 has just begun";
    house.leave(3);
    EXPECT_TRUE(house.serves(18));
}

TEST(Guests, AnAddressHasFourPlacesAndItsOthersWaitForThose) {
    House house;
    for (Id id = 1; id <= 9; ++id)
        house.come(id, "192.0.2.1");
    EXPECT_THAT(house.served, ElementsAre(1, 2, 3, 4));
    house.come(10, "192.0.2.2");
    EXPECT_TRUE(house.serves(10)) << "nobody waits behind another address";
    house.pass(2s);
    EXPECT_THAT(house.served, ElementsAre(10, 5, 6, 7, 8));
    EXPECT_THAT(house.hung_up, ElementsAre(1, 2, 3, 4));
}

// Strangers who come back at once: each of one address has their turn, and nobody's turn is cut short.
TEST(Guests, WhoComesBackAtOnceWaitsBehindTheOthers) {
    House house;
    Id next = 1;
    for (; next <= 16; ++next)
        house.come(next, "192.0.2.1");
    const Id owner = 1000;
    house.come(owner, "192.0.2.1");
    std::size_t seen = 0;
    for (int i = 0; i < 100 && !house.serves(owner); ++i) {
        house.pass(100ms);
        for (; seen < house.hung_up.size(); ++seen)
            house.come(next++, "192.0.2.1");
    }
    EXPECT_TRUE(house.serves(owner));
    EXPECT_LE(house.now - begin, 8s);
    for (int i = 0; i < 19; ++i) {
        house.pass(100ms);
        for (; seen < house.hung_up.size(); ++seen)
            house.come(next++, "192.0.2.1");
    }
    EXPECT_TRUE(house.serves(owner));
}

TEST(Guests, TheLineIsBoundedAndTheAddressThatFillsItLosesFromIt) {
    House house;
    for (Id id = 1; id <= 36; ++id)
        house.come(id, "192.0.2.1");
    EXPECT_THAT(house.hung_up, IsEmpty());
    house.come(37, "192.0.2.1");
    EXPECT_THAT(house.hung_up, ElementsAre(37));
    for (Id id = 38; id <= 50; ++id)
        house.come(id, "198.51.100." + std::to_string(id));
    EXPECT_EQ(house.served.size(), 16U);
    EXPECT_THAT(house.hung_up, ElementsAre(37, 36)) << "51 waits in the place of 36, one more would of 35's";
}

TEST(Guests, NobodyWaitsForEver) {
    Guests::Bounds bounds;
    bounds.grace = 1h;
    House house(bounds);
    fill(house);
    house.come(17, "198.51.100.7");
    EXPECT_EQ(house.guests.again(), begin + 60s);
    house.pass(60s);
    EXPECT_THAT(house.hung_up, ElementsAre(17));
    EXPECT_FALSE(house.guests.again());
}

}  // namespace
}  // namespace secondstep::page
