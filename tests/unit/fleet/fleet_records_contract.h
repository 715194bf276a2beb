#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "fleet/records.h"
#include "support/fake_clock.h"
#include "support/seeded_randomness.h"

// What every store of the records of a fleet owes. A store's test gives a fixture that has an empty one:
//   struct Stored { std::unique_ptr<FleetRecords> open(const Clock&, Randomness&); };
// open() gives another view of the same records each time, as another process has it.
namespace secondstep::fleet {

[[nodiscard]] inline relay::Fingerprint fingerprint(std::uint8_t number) {
    relay::Fingerprint result{};
    result.fill(number);
    return result;
}

[[nodiscard]] inline FleetIdentity sample_identity() {
    return {.id = {1, 2, 3},
            .uids = Uids::differ,
            .since = from_unix(1'800'000'000),
            .nodes = {{"auth1", "192.0.2.11:7464"}},
            .authority = {4, 5, 6},
            .authority_key = Secret::copy_of("a key of the authority")};
}

[[nodiscard]] inline JoinPermission sample_permission(std::vector<std::string> names, unsigned count) {
    return {.id = {1, 0, 0, 0, 7},
            .secret = {9},
            .names = std::move(names),
            .count = count,
            .since = from_unix(1'800'000'000),
            .end = from_unix(1'800'007'200)};
}

[[nodiscard]] inline RegisteredHost sample_host(const std::string& name, std::uint8_t number = 1) {
    return {.name = name,
            .certificate = fingerprint(number),
            .certificate_end = from_unix(1'830'000'000),
            .key = fingerprint(static_cast<std::uint8_t>(number + 100)),
            .permission = {1, 0, 0, 0, 7},
            .since = from_unix(1'800'000'000)};
}

template <typename Stored>
class FleetRecordsContract : public ::testing::Test {
  protected:
    FleetRecordsContract() : records_(view()) {}
    [[nodiscard]] std::unique_ptr<FleetRecords> view() { return stored_.open(clock_, randomness_); }
    void make_fleet() { ASSERT_TRUE(records_->create(sample_identity())); }
    void permit(std::vector<std::string> names, unsigned count) {
        ASSERT_TRUE(records_->permit(sample_permission(std::move(names), count)));
    }
    [[nodiscard]] Joining join(const RegisteredHost& host) {
        return records_->join(host, clock_.now()).value();
    }

    testing::FakeClock clock_{1'800'000'000};
    testing::SeededRandomness randomness_{3};
    Stored stored_;
    std::unique_ptr<FleetRecords> records_;
};
TYPED_TEST_SUITE_P(FleetRecordsContract);

TYPED_TEST_P(FleetRecordsContract, WithoutAFleetNothingLooksLikeAnEmptyOne) {
    EXPECT_FALSE(this->records_->identity().value());
    EXPECT_EQ(this->records_->hosts().error().code, Errc::not_found);
    EXPECT_EQ(this->records_->permissions().error().code, Errc::not_found);
    EXPECT_EQ(this->records_->join(sample_host("web01"), this->clock_.now()).error().code, Errc::not_found);
}

TYPED_TEST_P(FleetRecordsContract, AFleetIsMadeOnceAndReadBack) {
    this->make_fleet();
    const auto identity = this->view()->identity().value();
    ASSERT_TRUE(identity);
    const FleetIdentity sample = sample_identity();
    EXPECT_EQ(identity->id, sample.id);
    EXPECT_EQ(identity->uids, Uids::differ);
    EXPECT_EQ(identity->nodes, sample.nodes);
    EXPECT_EQ(identity->authority, sample.authority);
    EXPECT_EQ(identity->authority_key.text(), sample.authority_key.text());
    EXPECT_EQ(identity->since, sample.since);
    EXPECT_EQ(this->records_->create(sample_identity()).error().code, Errc::exists);
    EXPECT_TRUE(this->records_->hosts().value().hosts.empty());
}

TYPED_TEST_P(FleetRecordsContract, AHostJoinsByAPermissionAndIsReadBack) {
    this->make_fleet();
    JoinPermission permission = sample_permission({"web01", "web02"}, 2);
    permission.changes = HostClass::enroll;
    ASSERT_TRUE(this->records_->permit(permission));
    EXPECT_EQ(this->view()->permission(permission.id).value(), permission);
    EXPECT_EQ(this->records_->permit(permission).error().code, Errc::exists);
    EXPECT_EQ(this->join(sample_host("web01")), Joining::registered);
    RegisteredHost expected = sample_host("web01");
    expected.changes = HostClass::enroll;
    EXPECT_EQ(this->view()->host("web01").value(), expected);
    EXPECT_EQ(this->view()->hosts().value().hosts, std::vector{expected});
    const auto left = this->view()->permissions().value();
    ASSERT_EQ(left.size(), 1U);
    EXPECT_EQ(places_left(left.front(), {expected}), 1U);
}

TYPED_TEST_P(FleetRecordsContract, APermissionIsForItsNamesItsNumberAndItsTime) {
    this->make_fleet();
    this->permit({"web01", "web02", "web03"}, 2);
    EXPECT_EQ(this->join(sample_host("db01")), Joining::not_named);
    EXPECT_EQ(this->join(sample_host("web01", 1)), Joining::registered);
    EXPECT_EQ(this->join(sample_host("web02", 2)), Joining::registered);
    EXPECT_EQ(this->join(sample_host("web03", 3)), Joining::used_up);
    this->clock_.set(1'800'007'200);
    EXPECT_EQ(this->join(sample_host("web03", 3)), Joining::ended);
    RegisteredHost other = sample_host("web03", 3);
    other.permission = {8};
    EXPECT_EQ(this->join(other), Joining::not_known);
    EXPECT_EQ(this->records_->hosts().value().hosts.size(), 2U);
}

TYPED_TEST_P(FleetRecordsContract, ANameWithAStarIsAPatternOnlyWhereOneWasAskedFor) {
    this->make_fleet();
    JoinPermission permission = sample_permission({"web*"}, 2);
    permission.is_pattern = true;
    ASSERT_TRUE(this->records_->permit(permission));
    EXPECT_EQ(this->join(sample_host("web01")), Joining::registered);
    EXPECT_EQ(this->join(sample_host("web01.example.com", 2)), Joining::not_named);
}

TYPED_TEST_P(FleetRecordsContract, ANameThatIsRegisteredIsTakenButByTheSameKey) {
    this->make_fleet();
    this->permit({"web01"}, 1);
    EXPECT_EQ(this->join(sample_host("web01", 1)), Joining::registered);
    RegisteredHost again = sample_host("web01", 1);
    again.certificate = fingerprint(2);
    EXPECT_EQ(this->join(again), Joining::again) << "its certificate got lost";
    EXPECT_EQ(this->view()->host("web01").value()->certificate, fingerprint(2));
    EXPECT_EQ(this->join(sample_host("web01", 3)), Joining::registered_before);
    EXPECT_EQ(this->view()->host("web01").value()->certificate, fingerprint(2));
}

// Otherwise whoever has broken into it takes back what was taken from it, while the permission lasts.
TYPED_TEST_P(FleetRecordsContract, WhoJoinsAgainHasTheClassThatWasGivenSince) {
    this->make_fleet();
    this->permit({"web01"}, 1);
    EXPECT_EQ(this->join(sample_host("web01", 1)), Joining::registered);
    const HostClass before = this->view()->host("web01").value()->changes;
    const HostClass given = before == HostClass::login ? HostClass::changes : HostClass::login;
    EXPECT_TRUE(this->records_
                    ->change("web01",
                             [given](const RegisteredHost& present) {
                                 RegisteredHost host = present;
                                 host.changes = given;
                                 return std::optional(host);
                             })
                    .value());
    RegisteredHost again = sample_host("web01", 1);
    again.certificate = fingerprint(2);
    again.since = from_unix(1'900'000'000);
    EXPECT_EQ(this->join(again), Joining::again);
    const auto there = this->view()->host("web01").value();
    EXPECT_EQ(there->certificate, fingerprint(2));
    EXPECT_EQ(there->changes, given);
    EXPECT_EQ(there->since, sample_host("web01", 1).since);
}

TYPED_TEST_P(FleetRecordsContract, AHostThatWasDroppedNeedsAnotherPermission) {
    this->make_fleet();
    this->permit({"web01", "web02"}, 2);
    EXPECT_EQ(this->join(sample_host("web01")), Joining::registered);
    EXPECT_TRUE(this->records_->drop("web01").value());
    EXPECT_FALSE(this->view()->host("web01").value());
    EXPECT_FALSE(this->records_->drop("web01").value());
    EXPECT_EQ(this->join(sample_host("web01")), Joining::spent);
    EXPECT_EQ(this->join(sample_host("web02", 2)), Joining::registered);
    EXPECT_TRUE(this->records_->withdraw({1, 0, 0, 0, 7}).value());
    EXPECT_FALSE(this->records_->withdraw({1, 0, 0, 0, 7}).value());
    EXPECT_EQ(this->join(sample_host("web01")), Joining::not_known);
    JoinPermission another = sample_permission({"web01"}, 1);
    another.id = {2};
    ASSERT_TRUE(this->records_->permit(another));
    RegisteredHost invited_again = sample_host("web01");
    invited_again.permission = another.id;
    EXPECT_EQ(this->join(invited_again), Joining::registered);
}

TYPED_TEST_P(FleetRecordsContract, AChangeIsOfTheRecordAsItIs) {
    this->make_fleet();
    this->permit({"web01"}, 1);
    EXPECT_EQ(this->join(sample_host("web01")), Joining::registered);
    const auto with_next = [](const RegisteredHost& present) {
        RegisteredHost host = present;
        host.changes = HostClass::changes;
        host.next = fingerprint(9);
        host.next_end = from_unix(1'860'000'000);
        host.suspended = true;
        return std::optional(host);
    };
    EXPECT_TRUE(this->records_->change("web01", with_next).value());
    const RegisteredHost changed = *with_next(sample_host("web01"));
    EXPECT_EQ(this->view()->host("web01").value(), changed);
    EXPECT_FALSE(this->records_->change("web02", with_next).value());
    const auto nothing = [](const RegisteredHost&) { return std::optional<RegisteredHost>{}; };
    EXPECT_FALSE(this->records_->change("web01", nothing).value());
    EXPECT_EQ(this->view()->host("web01").value(), changed);
}

TYPED_TEST_P(FleetRecordsContract, WhatEndedLongAgoIsForgottenByTheNextPermission) {
    this->make_fleet();
    this->permit({"web01"}, 1);
    JoinPermission next = sample_permission({"web02"}, 1);
    next.id = {2};
    this->clock_.advance(std::chrono::days{6});
    ASSERT_TRUE(this->records_->permit(next));
    EXPECT_EQ(this->view()->permissions().value().size(), 2U);
    this->clock_.advance(std::chrono::days{3});
    next.id = {3};
    ASSERT_TRUE(this->records_->permit(next));
    EXPECT_EQ(this->view()->permissions().value().size(), 1U);
}

// As forty hosts that a play lets join at once; each permission is for fewer than come.
TYPED_TEST_P(FleetRecordsContract, OfManyThatJoinAtOnceNoMoreThanPermittedAreRegistered) {
    this->make_fleet();
    constexpr unsigned rivals = 8;
    constexpr unsigned places = 3;
    constexpr unsigned rounds = 20;
    std::vector<std::unique_ptr<FleetRecords>> views;
    for (unsigned i = 0; i < rivals; ++i)
        views.push_back(this->view());
    std::atomic<unsigned> registered{0};
    for (unsigned round = 0; round < rounds; ++round) {
        JoinPermission permission = sample_permission({"*"}, places);
        permission.is_pattern = true;
        permission.id = {2, static_cast<std::uint8_t>(round)};
        ASSERT_TRUE(this->records_->permit(permission));
        std::barrier all_are_there(rivals);
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < rivals; ++i) {
            threads.emplace_back([&, i] {
                RegisteredHost host = sample_host("web" + std::to_string(round) + "-" + std::to_string(i));
                host.permission = permission.id;
                all_are_there.arrive_and_wait();
                const auto joined = views[i]->join(host, this->clock_.now());
                if (joined && *joined == Joining::registered) ++registered;
            });
        }
    }
    EXPECT_EQ(registered, places * rounds);
    EXPECT_EQ(this->view()->hosts().value().hosts.size(), places * rounds);
}

TYPED_TEST_P(FleetRecordsContract, SealingAnewChangesNothingThatIsRead) {
    this->make_fleet();
    this->permit({"web01", "web02"}, 2);
    EXPECT_EQ(this->join(sample_host("web01")), Joining::registered);
    const auto before = this->view()->permissions().value();
    EXPECT_EQ(this->records_->seal_anew().value(), 3U);
    EXPECT_EQ(this->view()->permissions().value(), before);
    EXPECT_EQ(this->view()->host("web01").value(), sample_host("web01"));
    EXPECT_EQ(this->view()->identity().value()->authority_key.text(), sample_identity().authority_key.text());
}

REGISTER_TYPED_TEST_SUITE_P(
    FleetRecordsContract, WithoutAFleetNothingLooksLikeAnEmptyOne, AFleetIsMadeOnceAndReadBack,
    AHostJoinsByAPermissionAndIsReadBack, APermissionIsForItsNamesItsNumberAndItsTime,
    ANameWithAStarIsAPatternOnlyWhereOneWasAskedFor, ANameThatIsRegisteredIsTakenButByTheSameKey,
    WhoJoinsAgainHasTheClassThatWasGivenSince, AHostThatWasDroppedNeedsAnotherPermission,
    AChangeIsOfTheRecordAsItIs, WhatEndedLongAgoIsForgottenByTheNextPermission,
    OfManyThatJoinAtOnceNoMoreThanPermittedAreRegistered, SealingAnewChangesNothingThatIsRead);

}  // namespace secondstep::fleet
