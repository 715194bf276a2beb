#include "qr/reader/symbol_layout.h"

#include <gtest/gtest.h>

#include "pictures/bent_set.h"
#include "qr/reader/symbol_version.h"
#include "qr/reader/treatment.h"
#include "tool/qr/reader/seen.h"

namespace secondstep::qr_reader {
namespace {

using testing::Canvas;
using testing::Symbol;

constexpr double first = 50;  // pixels to the symbol
constexpr double module = 6;  // pixels
double size_of(int version) {
    return module * side_of(version);
}

GrayPicture picture_of(int version, const testing::Paper& paper) {
    const double middle = first + size_of(version) / 2;
    const auto side = static_cast<std::size_t>(2 * middle);
    Canvas canvas(side, side, 255);
    canvas.draw(Symbol(testing::text_for_version(version)),
                testing::square({middle, middle}, size_of(version)), {}, paper);
    return testing::seen(canvas);
}

std::optional<FinderFrames> frames_in(const GrayPicture& picture) {
    const auto triples = likely_triples(find_finder_patterns(thresholded(picture, 16), 100), 1);
    return triples.empty() ? std::nullopt : fitted_frames(picture, triples.front());
}

// The largest distance of a module's middle from where it was drawn, in modules.
double largest_error(const ModuleMesh& mesh, int version, const testing::Paper& paper) {
    const int side = side_of(version);
    double largest = 0;
    for (int row = 0; row < side; ++row) {
        for (int column = 0; column < side; ++column) {
            const Point at = mesh.at({column + 0.5, row + 0.5});
            const testing::Point drawn =
                paper({(at.x - first) / size_of(version), (at.y - first) / size_of(version)});
            largest =
                std::max(largest, length(Point{drawn.x * side - column - 0.5, drawn.y * side - row - 0.5}));
        }
    }
    return largest;
}

TEST(SymbolLayout, KnowsTheVersionOfAnySymbol) {
    for (const int version : {1, 2, 6, 7, 10, 18, 27, 40}) {
        const GrayPicture picture = picture_of(version, testing::flat);
        const auto frames = frames_in(picture);
        ASSERT_TRUE(frames) << version;
        EXPECT_NEAR(measured_version(*frames), version, version < 20 ? 0 : 1);
        // Of smaller ones there are data at that place, which may look like any version's.
        if (version >= first_told_version) {
            EXPECT_EQ(told_version(picture, *frames), version);
        }
    }
}

TEST(SymbolLayout, HasEveryModuleWithinHalfOfOneHoweverItIsBent) {
    for (const int version : {7, 10, 14, 18}) {
        for (double angle = 0; angle < 360; angle += 45) {
            const auto paper = testing::bent(0.015, angle);
            const GrayPicture picture = picture_of(version, paper);
            const auto frames = frames_in(picture);
            ASSERT_TRUE(frames) << version << ", " << angle;
            EXPECT_LT(largest_error(mesh_of(picture, *frames, version), version, paper), 0.5)
                << version << ", " << angle;
        }
    }
}

TEST(SymbolLayout, HasAllAlignmentPatternsOfAFlatSymbol) {
    for (const int version : {2, 10, 22}) {
        const GrayPicture picture = picture_of(version, testing::flat);
        const auto frames = frames_in(picture);
        ASSERT_TRUE(frames);
        const std::size_t positions = alignment_positions(version).size();
        // Four points for each finder pattern.
        EXPECT_EQ(mesh_of(picture, *frames, version).points().size(), 12 + positions * positions - 3)
            << version;
    }
}

TEST(SymbolLayout, IsNoneWherePatternsAreNone) {
    const GrayPicture nothing = testing::seen(Canvas(300, 300, 255));
    EXPECT_FALSE(
        fitted_frames(nothing, {.corner = {{50, 50}, 5}, .right = {{200, 50}, 5}, .below = {{50, 200}, 5}}));
}

}  // namespace
}  // namespace secondstep::qr_reader
