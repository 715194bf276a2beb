#include "policy/terms.h"

#include <gtest/gtest.h>

#include <ctime>

namespace secondstep {
namespace {

TEST(Terms, WhoMustHaveASecondStepMayNotDisableIt) {
    for (const auto& [action, expected] : {std::pair{Action::allow, true},
                                           {Action::exempt, true},
                                           {Action::require, false},
                                           {Action::enroll, false}}) {
        Terms terms{.action = action};
        EXPECT_EQ(terms.may_disable_own_step(), expected) << to_text(action);
        terms.allow_self_disable = true;
        EXPECT_TRUE(terms.may_disable_own_step()) << to_text(action);
        terms.allow_self_disable = false;
        EXPECT_FALSE(terms.may_disable_own_step()) << to_text(action);
    }
}

TEST(Terms, DecliningEndsWithTheLastSecondOfTheDay) {
    Terms terms{.action = Action::enroll};
    EXPECT_FALSE(terms.may_decline(from_unix(0)));
    terms.enroll_until = from_unix(1000);
    EXPECT_TRUE(terms.may_decline(from_unix(1000)));
    EXPECT_FALSE(terms.may_decline(from_unix(1001)));
}

TEST(Terms, TheEndOfADayIsTheHostsOwn) {
    using namespace std::chrono_literals;
    for (const auto date : {2027y / 3 / 28, 2028y / 2 / 29, 2026y / 12 / 31}) {
        const std::time_t end = to_unix(end_of_day(date));
        std::tm local{};
        ASSERT_NE(::localtime_r(&end, &local), nullptr);
        EXPECT_EQ(local.tm_mday, static_cast<int>(static_cast<unsigned>(date.day())));
        EXPECT_EQ(local.tm_hour * 3600 + local.tm_min * 60 + local.tm_sec, 86399);
    }
}

}  // namespace
}  // namespace secondstep
