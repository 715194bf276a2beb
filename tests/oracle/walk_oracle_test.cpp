#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "base/text.h"
#include "oracle/comparison.h"
#include "oracle/mistakes.h"

namespace secondstep::testing {

namespace {

// The libpam of this machine is asked. Others are asked by hand, by the directory of their libpam.so.0 in
// LD_LIBRARY_PATH: what reads by the rules since 1.6.0, or without Debian's patch, is not here where Debian 12 is
// (1.5.2). Seen without a difference: Debian 11, 12 and 13 (1.4.0, 1.5.2, 1.7.0), and 1.5.2 and 1.7.0 as published.
class WalkEqualsLibpam : public ::testing::Test {
  protected:
    void SetUp() override {
        if (const std::string why = why_not_to_be_asked(); !why.empty()) GTEST_SKIP() << why;
        rules_ = rules_of_this_libpam();
    }
    tool::LibpamRules rules_;
};

// A number from the environment: SECONDSTEP_ORACLE_STACKS=1000000, SECONDSTEP_ORACLE_SEED=17 for one that differed.
std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : parse_number<std::uint64_t>(text).value_or(otherwise);
}

std::uint64_t usual_number() {
    return std::getenv("SECONDSTEP_LONG") == nullptr ? 20'000 : 200'000;
}

TEST_F(WalkEqualsLibpam, InEveryStack) {
    const bool one = std::getenv("SECONDSTEP_ORACLE_SEED") != nullptr;
    const Comparison all =
        compare({.first = number_of("SECONDSTEP_ORACLE_SEED", 1),
                 .stacks = number_of("SECONDSTEP_ORACLE_STACKS", one ? 1 : usual_number())},
                rules_, {.supposed = rules_});
    std::cout << all.all << " stacks: " << all.let_in << " let in, " << all.refused << " refuse, "
              << all.do_not_start << " do not start, " << all.not_defined << " not defined\n";
    EXPECT_EQ(all.different, 0U) << all.first_difference;
    if (one) return;
    EXPECT_LT(all.not_defined, all.all / 30);
    EXPECT_GT(all.let_in, all.all / 12);
    EXPECT_GT(all.refused, all.all / 10);
    EXPECT_GT(all.do_not_start, all.all / 100);
    EXPECT_LT(all.do_not_start, all.all / 5);
}

TEST_F(WalkEqualsLibpam, WithItsControlsWrittenAnew) {
    const Comparison all = compare({.first = 1, .stacks = 1000}, rules_, no_mistake(rules_).foretelling);
    EXPECT_EQ(all.different, 0U) << all.first_difference;
}

// Otherwise no difference would say nothing.
TEST_F(WalkEqualsLibpam, AndNoMistakeDoes) {
    constexpr std::uint64_t at_most = 2000;
    constexpr std::uint64_t at_once = 50;
    for (const MadeMistake& mistake : every_mistake(rules_)) {
        Comparison found;
        for (std::uint64_t first = 1; first < at_most && found.different == 0; first += at_once)
            found = compare({.first = first, .stacks = at_once}, rules_, mistake.foretelling);
        EXPECT_GT(found.different, 0U) << mistake;
        std::cout << mistake << ": seed " << found.first_seed << '\n';
    }
}

}  // namespace

}  // namespace secondstep::testing
