#include "portals/portal_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "unit/portals/sample_portal.h"

namespace secondstep {
namespace {

using std::chrono::seconds;
using testing::sample_portal;

// RFC 6238, appendix B, with the six last of the eight digits.
constexpr std::int64_t rfc_time = 1111111109;  // 29 s into its step
constexpr char rfc_code[] = "081804";

LinkedPortal fresh() {
    LinkedPortal portal = sample_portal("p");
    portal.last.reset();
    return portal;
}

PortalCode code(LinkedPortal& portal, Freshness freshness, UnixTime now) {
    auto handed = hand_out(portal, freshness, now);
    EXPECT_TRUE(handed);
    return std::get<PortalCode>(std::move(*handed));
}

seconds waiting(LinkedPortal& portal, UnixTime now) {
    auto handed = hand_out(portal, Freshness::fresh, now);
    EXPECT_TRUE(handed);
    return std::get<NoCodeYet>(*handed).until;
}

const UnixTime begin_of_step = from_unix(1111111080);

TEST(PortalCode, IsTheOneOfTheRfc) {
    LinkedPortal portal = fresh();
    const PortalCode given = code(portal, Freshness::any, from_unix(rfc_time));
    EXPECT_EQ(given.digits.text(), rfc_code);
    EXPECT_EQ(given.remaining, seconds{1});
    EXPECT_FALSE(given.handed_out_before);
}

TEST(PortalCode, WhoDoesNotCareGetsTheSameOneAgainAndIsTold) {
    LinkedPortal portal = fresh();
    const PortalCode first = code(portal, Freshness::any, begin_of_step);
    const PortalCode second = code(portal, Freshness::any, begin_of_step + seconds{10});
    EXPECT_EQ(first.digits.text(), second.digits.text());
    EXPECT_TRUE(second.handed_out_before);
    EXPECT_FALSE(code(portal, Freshness::any, begin_of_step + seconds{30}).handed_out_before);
}

TEST(PortalCode, AFreshOneHasAtLeastFiveSecondsLeft) {
    LinkedPortal portal = fresh();
    EXPECT_EQ(waiting(portal, begin_of_step + seconds{26}), seconds{4});
    EXPECT_EQ(code(portal, Freshness::fresh, begin_of_step + seconds{25}).remaining, seconds{5});
}

TEST(PortalCode, AFreshOneIsHandedOutOnce) {
    LinkedPortal portal = fresh();
    EXPECT_EQ(code(portal, Freshness::fresh, begin_of_step).remaining, seconds{30});
    EXPECT_EQ(waiting(portal, begin_of_step), seconds{30});
    EXPECT_EQ(waiting(portal, begin_of_step + seconds{12}), seconds{18});
    EXPECT_EQ(code(portal, Freshness::fresh, begin_of_step + seconds{30}).remaining, seconds{30});
}

TEST(PortalCode, AFreshOneIsNotOneThatSomebodyGotWhoDidNotCare) {
    LinkedPortal portal = fresh();
    code(portal, Freshness::any, begin_of_step);
    EXPECT_EQ(waiting(portal, begin_of_step + seconds{1}), seconds{29});
}

TEST(PortalCode, AWaitChangesNothing) {
    LinkedPortal portal = fresh();
    code(portal, Freshness::fresh, begin_of_step);
    const auto last = portal.last;
    const auto at = portal.last_at;
    waiting(portal, begin_of_step + seconds{1});
    EXPECT_EQ(portal.last, last);
    EXPECT_EQ(portal.last_at, at);
}

TEST(PortalCode, AClockThatWasAheadDoesNotHoldCodesBackForLong) {
    LinkedPortal portal = fresh();
    code(portal, Freshness::fresh, begin_of_step + std::chrono::hours{24 * 365});
    EXPECT_EQ(code(portal, Freshness::fresh, begin_of_step).remaining, seconds{30});
}

TEST(PortalCode, OneStepAheadIsHeldBackSinceClocksAreSetInSmallSteps) {
    LinkedPortal portal = fresh();
    code(portal, Freshness::fresh, begin_of_step + seconds{30});
    EXPECT_EQ(waiting(portal, begin_of_step + seconds{29}), seconds{31});
}

TEST(PortalCode, CountedOnesAreAlwaysFresh) {
    LinkedPortal portal = fresh();
    portal.token.moving = otp::HotpMoving{0};
    // RFC 4226, appendix D.
    EXPECT_EQ(code(portal, Freshness::fresh, from_unix(testing::noon)).digits.text(), "755224");
    const PortalCode second = code(portal, Freshness::any, from_unix(testing::noon));
    EXPECT_EQ(second.digits.text(), "287082");
    EXPECT_FALSE(second.remaining);
    EXPECT_FALSE(second.handed_out_before);
    EXPECT_EQ(std::get<otp::HotpMoving>(portal.token.moving).counter, 2U);
}

TEST(PortalCode, TheCounterDoesNotStartAgain) {
    LinkedPortal portal = fresh();
    portal.token.moving = otp::HotpMoving{std::numeric_limits<std::uint64_t>::max()};
    EXPECT_EQ(hand_out(portal, Freshness::any, from_unix(testing::noon)).error().code, Errc::too_large);
}

TEST(PortalCode, WithAPeriodOfItsOwn) {
    LinkedPortal portal = fresh();
    portal.token.moving = otp::TotpMoving{*otp::Period::create(seconds{60})};
    EXPECT_EQ(code(portal, Freshness::fresh, from_unix(60 * 1000 + 10)).remaining, seconds{50});
}

// Otherwise no code of theirs were ever fresh.
TEST(PortalCode, OfAShortPeriodHalfOfItIsEnough) {
    LinkedPortal portal = fresh();
    for (const int length : {1, 2, 4, 5, 9}) {
        portal.token.moving = otp::TotpMoving{*otp::StepLength::create(seconds{length})};
        portal.last.reset();
        EXPECT_EQ(code(portal, Freshness::fresh, from_unix(1000 * length)).remaining, seconds{length})
            << length;
    }
    portal.token.moving = otp::TotpMoving{*otp::StepLength::create(seconds{4})};
    portal.last.reset();
    EXPECT_EQ(waiting(portal, from_unix(4003)), seconds{1});
}

}  // namespace
}  // namespace secondstep
