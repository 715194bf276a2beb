#include "enrollment/label.h"

#include <gtest/gtest.h>

#include "unit/account/sample_account.h"

namespace secondstep {
namespace {

using dialogue::Former;
using dialogue::label_number;

unsigned after_a_device_named(const std::string& name) {
    Account account;
    account.credential = testing::sample_credential();
    account.credential->authenticators.front().name = name;
    return label_number(account, Former::all);
}

TEST(Label, TheFirstHasNoNumberAndEachLaterOneIsHigher) {
    EXPECT_EQ(label_number({}, Former::all), 1U);
    EXPECT_EQ(after_a_device_named("phone"), 2U);
    EXPECT_EQ(after_a_device_named("phone-2"), 3U);
    EXPECT_EQ(after_a_device_named("phone-9"), 10U);
}

TEST(Label, ANameWithoutANumberIsTheFirst) {
    for (const char* name : {"my-phone", "phone-", "phone-x2", "", "phone--1"})
        EXPECT_EQ(after_a_device_named(name), 2U) << name;
    EXPECT_EQ(after_a_device_named("phone-4000000000"), 10'000U);
}

TEST(Label, FormerAuthenticatorsCountAfterADisable) {
    Account account;
    account.state.uses = {{.id = {1}, .used = true}, {.id = {2}, .used = false}};
    EXPECT_EQ(label_number(account, Former::all), 3U);
    EXPECT_EQ(label_number(account, Former::logged_in_only), 2U);
}

}  // namespace
}  // namespace secondstep
