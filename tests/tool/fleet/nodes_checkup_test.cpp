#include "fleet/nodes_checkup.h"

#include <gmock/gmock.h>

#include <chrono>

namespace secondstep::tool {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Level = Diagnosis::Level;

relay::NodeSeen node_ahead(milliseconds ahead) {
    return {.name = "auth1",
            .address = "192.0.2.11:7464",
            .is_asked = true,
            .round_trip = microseconds{410},
            .ahead = ahead,
            .problem = {}};
}

Diagnosis judged(const relay::NodeSeen& node) {
    return judged_nodes({{node}}).at(0);
}

TEST(NodesCheckup, ANodeWhoseClockAgreesIsFineAndSaysHowFarItIs) {
    const Diagnosis found = judged(node_ahead(milliseconds{40}));
    EXPECT_EQ(found.level, Level::ok);
    EXPECT_EQ(found.text,
              "auth1 (192.0.2.11:7464) answers within 0.5 ms, and its clock agrees with this one");
    EXPECT_THAT(found.mend, IsEmpty());
}

TEST(NodesCheckup, AClockThatIsOffByMoreThanASecondWarnsAndByMoreThanTwoIsAnError) {
    EXPECT_EQ(judged(node_ahead(milliseconds{-1000})).level, Level::ok);
    EXPECT_EQ(judged(node_ahead(milliseconds{-1002})).level, Level::warning);
    EXPECT_EQ(judged(node_ahead(milliseconds{1002})).level, Level::warning);
    EXPECT_EQ(judged(node_ahead(milliseconds{2001})).level, Level::warning);
    EXPECT_EQ(judged(node_ahead(milliseconds{2002})).level, Level::error);
    EXPECT_EQ(judged(node_ahead(milliseconds{-2002})).level, Level::error);
}

TEST(NodesCheckup, OfAClockThatIsOffItSaysWhichWayAndWhatToDo) {
    const Diagnosis behind = judged(node_ahead(milliseconds{-1460}));
    EXPECT_THAT(behind.text, EndsWith("its clock is 1.5 s behind this one, and its clock judges codes"));
    EXPECT_THAT(behind.mend, HasSubstr("chronyc tracking"));
    EXPECT_THAT(judged(node_ahead(milliseconds{61'000})).text, HasSubstr("61.0 s ahead of this one"));
}

// It read its clock at some moment of the round trip: only what that leaves is sure.
TEST(NodesCheckup, ASlowWayIsNoWrongClock) {
    relay::NodeSeen node = node_ahead(milliseconds{1500});
    node.round_trip = microseconds{1'000'000};
    EXPECT_EQ(judged(node).level, Level::ok);
    node.ahead = milliseconds{1501};
    EXPECT_EQ(judged(node).level, Level::warning);
}

TEST(NodesCheckup, ANodeOfAnEarlierVersionDoesNotTellItsTime) {
    relay::NodeSeen node = node_ahead(milliseconds{});
    node.ahead.reset();
    EXPECT_EQ(judged(node).level, Level::ok);
    EXPECT_THAT(judged(node).text, HasSubstr("of an earlier version"));
}

TEST(NodesCheckup, ANodeThatIsNotAskedIsAnErrorIfNoOtherIs) {
    relay::NodeSeen away = node_ahead(milliseconds{});
    away.name = "auth2";
    away.is_asked = false;
    away.round_trip.reset();
    away.problem = "it cannot be reached: Connection refused";
    const Diagnosis alone = judged(away);
    EXPECT_EQ(alone.level, Level::error);
    EXPECT_EQ(alone.text,
              "auth2 (192.0.2.11:7464) is not asked: it cannot be reached: Connection refused; nobody with a "
              "second step gets in");
    const Diagnoses both = judged_nodes({{node_ahead(milliseconds{}), away}});
    EXPECT_EQ(both.at(0).level, Level::ok);
    EXPECT_EQ(both.at(1).level, Level::warning);
}

}  // namespace
}  // namespace secondstep::tool
