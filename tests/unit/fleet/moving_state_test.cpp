// A state on its way into a fleet, and back.

#include "fleet/moving_state.h"

#include <gtest/gtest.h>

#include "account/known_sources.h"
#include "account/recent_failures.h"
#include "fleet/host_tag.h"
#include "otp/totp.h"
#include "unit/account/sample_account.h"

namespace secondstep::testing {
namespace {

class MovingState : public ::testing::Test {
  protected:
    MovingState() {
        remember(state_, address("192.0.2.7"), at(0));
        remember(state_, Source{SourceKind::local, {}}, at(1));
        record_recent_failure(state_, address("192.0.2.7"), at(2));
        state_.clients = {{.service = "sshd", .address = "192.0.2.7", .since = at(0), .until = at(3600)}};
        state_.restore = {.set = {1}, .code = 4, .source = address("192.0.2.7"), .until = at(60)};
        state_.strangers = {.count = 4, .last = at(3), .wait_until = {}};
        state_.uses = {{.id = {1}, .used = true, .last = 7}};
    }
    HostTag web01_ = fleet::tag_of("web01").value();
    HostTag web02_ = fleet::tag_of("web02").value();
    State state_ = enrolled_state();
};

TEST_F(MovingState, PlacesOfAHostAreKnownForThatHostAlone) {
    const State there = fleet::into_the_fleet(state_, web01_).value();
    const Source seen = seen_from(address("192.0.2.7"), web01_).value();
    EXPECT_TRUE(is_known(there, seen, at(10)));
    EXPECT_FALSE(is_known(there, address("192.0.2.7"), at(10)));
    EXPECT_FALSE(is_known(there, seen_from(address("192.0.2.7"), web02_).value(), at(10)));
    EXPECT_EQ(there.known.front().host, web01_);
    EXPECT_EQ(there.clients.front().host, web01_);
    EXPECT_EQ(there.restore.source, seen);
    EXPECT_EQ(there.uses, state_.uses);
    EXPECT_EQ(there.strangers, state_.strangers);
    EXPECT_EQ(there.recent, state_.recent);
}

TEST_F(MovingState, ThereAndBackIsTheSame) {
    const State there = fleet::into_the_fleet(state_, web01_).value();
    EXPECT_EQ(fleet::at_home(fleet::out_of_the_fleet(there, web01_), state_, web01_).value(), state_);
}

TEST_F(MovingState, WhatOtherHostsKnowOfPlacesStaysInTheFleet) {
    State there = fleet::into_the_fleet(state_, web01_).value();
    KnownSource of_web02 = there.known.front();
    of_web02.source = seen_from(address("192.0.2.7"), web02_).value();
    of_web02.host = web02_;
    there.known.push_back(of_web02);
    there.clients.push_back({.service = "sudo", .address = "192.0.2.9", .host = web02_});
    const State back = fleet::at_home(fleet::out_of_the_fleet(there, web01_), state_, web01_).value();
    EXPECT_EQ(back.known, state_.known);
    EXPECT_EQ(back.clients, state_.clients);
}

TEST_F(MovingState, APlaceThatNobodyCanNameAgainIsLeftOut) {
    const State there = fleet::into_the_fleet(state_, web01_).value();
    const State back = fleet::at_home(there, State{}, web01_).value();
    EXPECT_TRUE(back.known.empty());
    EXPECT_EQ(back.restore, Restore{});
    EXPECT_EQ(back.uses, state_.uses);
}

class Claims : public ::testing::Test {
  protected:
    // What a host says of the device of the sample.
    [[nodiscard]] bool are_of_the_future(std::int64_t step_from_now, UnixTime last_success = never) const {
        const otp::TimeStep step = otp::time_step(at(0), device_.period);
        State arriving;
        arriving.uses = {{.id = device_.id,
                          .used = true,
                          .last = static_cast<std::uint64_t>(static_cast<std::int64_t>(step) + step_from_now),
                          .last_success = last_success}};
        return fleet::claims_the_future(arriving, here_, 1, at(0));
    }
    Credential here_ = sample_credential();
    const Authenticator& device_ = here_.authenticators.front();
};

TEST_F(Claims, OfCodesThatNoClockShowsYetAreOfTheFuture) {
    EXPECT_FALSE(are_of_the_future(-1000));
    EXPECT_FALSE(are_of_the_future(1)) << "within the window";
    EXPECT_FALSE(are_of_the_future(5)) << "two minutes of a wrong clock, and the window";
    EXPECT_TRUE(are_of_the_future(6));
    EXPECT_TRUE(are_of_the_future(2'000'000));
    EXPECT_FALSE(are_of_the_future(0, at(60)));
    EXPECT_TRUE(are_of_the_future(0, at(121)));
}

TEST_F(Claims, OfADeviceThatIsNotHereHarmNobody) {
    State arriving;
    arriving.uses = {{.id = {99}, .used = true, .last = 1ULL << 60U}};
    EXPECT_FALSE(fleet::claims_the_future(arriving, here_, 1, at(0)));
    arriving.last_success = at(3600);
    EXPECT_TRUE(fleet::claims_the_future(arriving, here_, 1, at(0)));
}

// A counter has no time.
TEST_F(Claims, OfCountersCannotBeJudged) {
    here_.method = Method::hotp;
    EXPECT_FALSE(are_of_the_future(2'000'000));
}

TEST_F(MovingState, CodesThatWereGivenOutOrSentEnd) {
    EXPECT_FALSE(fleet::has_codes_that_end(state_, at(0)));
    State registered = state_;
    registered.registration = {.given = true, .key = {1}, .digest = {2}, .until = at(100)};
    EXPECT_TRUE(fleet::has_codes_that_end(registered, at(0)));
    EXPECT_FALSE(fleet::has_codes_that_end(registered, at(101)));
    registered.temporary = registered.registration;
    registered.sent = {.given = true, .until = at(100)};
    EXPECT_EQ(fleet::into_the_fleet(registered, web01_).value(),
              fleet::into_the_fleet(state_, web01_).value());
}

}  // namespace
}  // namespace secondstep::testing
