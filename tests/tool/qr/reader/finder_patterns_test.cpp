#include "qr/reader/finder_patterns.h"

#include <gtest/gtest.h>

#include "pictures/canvas.h"
#include "qr/reader/treatment.h"
#include "tool/qr/reader/made_files.h"
#include "tool/qr/reader/seen.h"

namespace secondstep::qr_reader {
namespace {

using testing::Canvas;
using testing::seen;
using testing::square;
using testing::Symbol;

std::vector<FinderPattern> patterns_in(const Canvas& canvas, std::size_t most = 100) {
    return find_finder_patterns(thresholded(seen(canvas), 16), most);
}

// Of a symbol of 25 modules on 200 pixels around (150, 150).
bool has_all_corners(const std::vector<FinderPattern>& patterns) {
    int corners = 0;
    for (const Point corner : {Point{78, 78}, {222, 78}, {78, 222}})
        for (const FinderPattern& pattern : patterns)
            if (length(pattern.centre - corner) < 1 && std::abs(pattern.module - 8) < 0.5) ++corners;
    return corners == 3;
}

TEST(FinderPatterns, AreTheThreeCornersOfACode) {
    Canvas canvas(300, 300, 255);
    canvas.draw(Symbol("a symbol of version 2"), square({150, 150}, 200), {});
    EXPECT_TRUE(has_all_corners(patterns_in(canvas)));
    EXPECT_EQ(patterns_in(canvas).size(), 3U);
}

TEST(FinderPatterns, AreFoundHoweverTheyAreTurned) {
    for (double angle = 0; angle < 360; angle += 15) {
        Canvas canvas(400, 400, 255);
        canvas.draw(Symbol("a symbol of version 2"), square({200, 200}, 200, angle), {});
        EXPECT_EQ(patterns_in(canvas).size(), 3U) << angle;
    }
}

TEST(FinderPatterns, AreFoundOnADarkPageWithoutAQuietZone) {
    Canvas canvas(300, 300, 30);
    canvas.draw(Symbol("a symbol of version 2"), square({150, 150}, 200),
                {.dark = 0, .light = 255, .quiet = 0});
    EXPECT_TRUE(has_all_corners(patterns_in(canvas)));
}

TEST(FinderPatterns, AreNotInTheNegative) {
    Canvas canvas(300, 300, 0);
    canvas.draw(Symbol("a symbol of version 2"), square({150, 150}, 200), {.dark = 255, .light = 0});
    EXPECT_EQ(patterns_in(canvas).size(), 0U);
}

TEST(FinderPatterns, AreAtMostSoMany) {
    EXPECT_EQ(patterns_in(testing::page_of_corners(20), 1000).size(), 400U);
    EXPECT_EQ(patterns_in(testing::page_of_corners(20), 50).size(), 50U);
}

TEST(FinderPatterns, AtTheEdgeOfThePictureCostNoRead) {
    Canvas canvas(100, 100, 255);
    canvas.draw(Symbol("a symbol of version 2"), square({0, 0}, 200), {});
    canvas.draw(Symbol("a symbol of version 2"), square({100, 100}, 90), {});
    EXPECT_LE(patterns_in(canvas).size(), 3U);
    EXPECT_EQ(find_finder_patterns(blank_picture(1, 1), 10).size(), 0U);
}

TEST(Rings, EndWhereTheColourDoes) {
    Canvas canvas(100, 20, 255);
    canvas.fill(45, 0, 10, 20, 0);  // 1.5 modules of 3.33 each way
    canvas.fill(38, 0, 4, 20, 0);
    const Rings rings = rings_along(seen(canvas), {50, 10}, {-1, 0}, 40);
    EXPECT_NEAR(rings[0], 5, 0.6);
    EXPECT_NEAR(rings[1], 8, 0.6);
    EXPECT_NEAR(rings[2], 12, 0.6);
    EXPECT_EQ(rings_along(seen(canvas), {50, 10}, {1, 0}, 40), Rings{}) << "there is no second ring";
    EXPECT_EQ(rings_along(seen(canvas), {60, 10}, {1, 0}, 40), Rings{}) << "it does not begin in the dark";
}

}  // namespace
}  // namespace secondstep::qr_reader
