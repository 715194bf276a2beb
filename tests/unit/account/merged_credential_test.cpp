// Two second steps of one person, made one.

#include "account/merged_credential.h"

#include <gtest/gtest.h>

#include "sample_account.h"

namespace secondstep::testing {
namespace {

class Merged : public ::testing::Test {
  protected:
    Merged() {
        there_.authenticators.front() = sample_authenticator(2);
        there_.recovery = sample_recovery_set(10, 2);
        there_.enrolled_at = at(-1000);
    }
    [[nodiscard]] Result<Credential> both() const {
        return merged({here_, here_state_}, {there_, there_state_}, "web01");
    }
    Credential here_ = sample_credential();
    Credential there_ = sample_credential();
    State here_state_ = enrolled_state();
    State there_state_ = enrolled_state();
};

TEST_F(Merged, HasTheDevicesOfBothAndNoNameTwice) {
    const auto both = this->both();
    ASSERT_TRUE(both);
    ASSERT_EQ(both->authenticators.size(), 2U);
    EXPECT_EQ(both->authenticators[0].name, "phone");
    EXPECT_EQ(both->authenticators[1].name, "phone, web01");
    EXPECT_EQ(both->authenticators[1].added_at, there_.enrolled_at);
    EXPECT_EQ(both->enrolled_at, here_.enrolled_at);
    EXPECT_TRUE(decode_credential(encode(*both)));
    EXPECT_TRUE(has_all_devices(*both, there_));
    EXPECT_FALSE(has_all_devices(here_, there_));
}

TEST_F(Merged, TheNewerRecoverySetWins) {
    EXPECT_EQ(both()->recovery->id, there_.recovery->id) << "enrolled later";
    here_state_.notice = {.change = Change::renewed_codes, .when = at(-10), .from = "web02"};
    EXPECT_EQ(both()->recovery->id, here_.recovery->id) << "renewed later";
    there_.enrolled_at = at(-100'000);
    here_state_.notice = {};
    EXPECT_EQ(both()->recovery->id, here_.recovery->id);
    here_.recovery.reset();
    EXPECT_EQ(both()->recovery->id, there_.recovery->id);
    there_.recovery.reset();
    EXPECT_FALSE(both()->recovery);
}

TEST_F(Merged, WhatIsThereAlreadyIsNotAddedAgain) {
    there_.authenticators.push_back(here_.authenticators.front().clone());
    EXPECT_EQ(both()->authenticators.size(), 2U);
}

TEST_F(Merged, HasNoMoreThanFourDevices) {
    for (std::uint8_t i = 3; i < 6; ++i) {
        there_.authenticators.push_back(sample_authenticator(i));
        there_.authenticators.back().name = "token " + std::to_string(i);
    }
    EXPECT_EQ(both().error().code, Errc::too_large);
    there_.authenticators.pop_back();
    EXPECT_EQ(both()->authenticators.size(), 4U);
}

TEST_F(Merged, IsNotMadeOfTwoMethodsTwoAddressesOrTwoPersons) {
    there_.method = Method::hotp;
    EXPECT_EQ(both().error().code, Errc::invalid);
    there_.method = Method::totp;
    there_.uid = uid_t{1005};
    EXPECT_EQ(both().error().code, Errc::not_allowed);
    there_.uid = here_.uid;
    const auto sent_to = [](Credential& credential, const char* address) {
        credential.method = Method::mail;
        credential.authenticators.clear();
        credential.destination =
            Destination{{9}, delivery::Address::create(delivery::Channel::mail, address).value()};
    };
    sent_to(here_, "alice@example.com");
    sent_to(there_, "other@example.com");
    EXPECT_EQ(both().error().code, Errc::invalid);
    sent_to(there_, "alice@example.com");
    ASSERT_TRUE(both());
    EXPECT_EQ(both()->destination->id, here_.destination->id);
}

}  // namespace
}  // namespace secondstep::testing
