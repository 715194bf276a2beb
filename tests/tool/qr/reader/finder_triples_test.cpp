#include "qr/reader/finder_triples.h"

#include <gtest/gtest.h>

namespace secondstep::qr_reader {
namespace {

const FinderPattern corner{.centre = {100, 100}, .module = 5};
const FinderPattern right{.centre = {200, 105}, .module = 5};
const FinderPattern below{.centre = {95, 200}, .module = 5};

TEST(FinderTriples, GoClockwiseInWhateverOrderTheyAreFound) {
    for (const auto& patterns :
         {std::vector{corner, right, below}, {below, corner, right}, {right, below, corner}}) {
        const auto triples = likely_triples(patterns, 10);
        ASSERT_EQ(triples.size(), 1U);
        EXPECT_EQ(triples.front().corner.centre, corner.centre);
        EXPECT_EQ(triples.front().right.centre, right.centre);
        EXPECT_EQ(triples.front().below.centre, below.centre);
    }
}

TEST(FinderTriples, HaveAboutARightAngleAndOneSize) {
    EXPECT_TRUE(likely_triples({corner, right, {.centre = {300, 110}, .module = 5}}, 10).empty()) << "a line";
    EXPECT_TRUE(likely_triples({corner, right, {.centre = {95, 200}, .module = 15}}, 10).empty());
    EXPECT_TRUE(likely_triples({corner, right, {.centre = {100, 400}, .module = 5}}, 10).empty());
    EXPECT_TRUE(
        likely_triples({corner, {.centre = {120, 100}, .module = 5}, {.centre = {100, 120}, .module = 5}}, 10)
            .empty())
        << "nearer than in any code";
    EXPECT_TRUE(likely_triples({corner, corner, corner}, 10).empty()) << "all in one place";
}

TEST(FinderTriples, BeginWithTheLikeliest) {
    const FinderPattern odd{.centre = {75, 170}, .module = 6};
    const auto triples = likely_triples({odd, corner, right, below}, 10);
    ASSERT_GE(triples.size(), 2U);
    EXPECT_EQ(triples.front().below.centre, below.centre);
}

TEST(FinderTriples, HaveABound) {
    std::vector<FinderPattern> patterns;
    for (std::size_t i = 0; i < 10'000; ++i)
        patterns.push_back({.centre = {static_cast<double>(i % 8) * 50, static_cast<double>(i / 8) * 50},
                            .module = i < 64 ? 3.0 : 2.0});
    EXPECT_EQ(likely_triples(patterns, 24).size(), 24U);
}

}  // namespace
}  // namespace secondstep::qr_reader
