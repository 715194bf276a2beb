#include "account/remembered_clients.h"

#include <gtest/gtest.h>

#include "unit/account/sample_account.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;
using std::chrono::hours;
using std::chrono::seconds;

constexpr Client web{"nginx", "192.0.2.7"};

TEST(RememberedClients, AreRememberedUntilTheirTimeIsOver) {
    State state;
    remember_client(state, web, at(0), hours(8));
    EXPECT_TRUE(is_remembered(state, web, at(0)));
    EXPECT_TRUE(is_remembered(state, web, at(8 * 3600)));
    EXPECT_FALSE(is_remembered(state, web, at(8 * 3600 + 1)));
}

TEST(RememberedClients, AreOneServiceAndOneExactAddress) {
    State state;
    remember_client(state, web, at(0), hours(8));
    EXPECT_FALSE(is_remembered(state, {"sshd", "192.0.2.7"}, at(1)));
    EXPECT_FALSE(is_remembered(state, {"nginx", "192.0.2.8"}, at(1)));
    EXPECT_FALSE(is_remembered(state, {"nginx", ""}, at(1)));
}

TEST(RememberedClients, NeverForLongerThanADay) {
    State state;
    remember_client(state, web, at(0), hours(1000));
    EXPECT_FALSE(is_remembered(state, web, at(24 * 3600 + 1)));
    state.clients.front().until = at(1'000'000);  // as a clock ahead of its time would have written it
    EXPECT_FALSE(is_remembered(state, web, at(10)));
    remember_client(state, web, at(0), hours(8));
    EXPECT_FALSE(is_remembered(state, web, at(-1))) << "a clock set back does not make it longer";
}

TEST(RememberedClients, TheSixteenNewestStayEachOnce) {
    State state;
    for (int i = 0; i < 20; ++i)
        remember_client(state, {"nginx", "192.0.2." + std::to_string(i % 18)}, at(i), hours(1));
    EXPECT_EQ(state.clients.size(), max_remembered_clients);
    EXPECT_EQ(state.clients.front().address, "192.0.2.1");
    EXPECT_FALSE(is_remembered(state, {"nginx", "192.0.2.2"}, at(20)));
    EXPECT_TRUE(is_remembered(state, {"nginx", "192.0.2.17"}, at(20)));
}

TEST(RememberedClients, ANameTooLongForTheStateIsNotCut) {
    State state;
    const std::string long_name(max_client_service + 1, 'n');
    remember_client(state, {long_name, "192.0.2.7"}, at(0), hours(1));
    EXPECT_TRUE(state.clients.empty());
}

}  // namespace
}  // namespace secondstep
