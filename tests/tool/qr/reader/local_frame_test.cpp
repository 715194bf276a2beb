#include "qr/reader/local_frame.h"

#include <gtest/gtest.h>

#include "tool/qr/reader/seen.h"

namespace secondstep::qr_reader {
namespace {

using testing::Canvas;
using testing::seen;

// Version 2 has 25 modules, 8 pixels each, from (50, 50); its alignment pattern is in column and row 18.
GrayPicture sample(double dark = 0, double light = 255) {
    Canvas canvas(300, 300, light);
    canvas.draw(testing::Symbol("a symbol of version 2"), testing::square({150, 150}, 200),
                {.dark = dark, .light = light});
    return seen(canvas);
}
const LocalFrame corner{.centre = {78, 78}, .right = {8, 0}, .down = {0, 8}};
const LocalFrame aligned{.centre = {198, 198}, .right = {8, 0}, .down = {0, 8}};

TEST(LocalFrame, IsLikeItsPatternWhateverTheContrastIs) {
    EXPECT_GT(likeness(sample(), Pattern::finder, corner), 0.98);
    EXPECT_GT(likeness(sample(), Pattern::alignment, aligned), 0.98);
    EXPECT_GT(likeness(sample(120, 130), Pattern::finder, corner), 0.98);
    EXPECT_LT(likeness(sample(255, 0), Pattern::finder, corner), -0.98) << "the negative";
}

TEST(LocalFrame, IsUnlikeAnythingElse) {
    EXPECT_LT(likeness(sample(), Pattern::finder, aligned), 0.5);
    EXPECT_LT(likeness(sample(), Pattern::alignment, corner), 0.5);
    EXPECT_EQ(likeness(seen(Canvas(20, 20, 255)), Pattern::finder, corner), 0)
        << "nothing to see, and outside";
}

TEST(LocalFrame, IsFittedFromNearby) {
    const LocalFrame off{.centre = {81, 75}, .right = {8.8, 0.8}, .down = {-0.6, 7.4}};
    const LocalFrame found = fitted(sample(), Pattern::finder, off);
    EXPECT_LT(length(found.centre - corner.centre), 0.5);
    EXPECT_LT(length(found.right - corner.right), 0.5);
    EXPECT_LT(length(found.down - corner.down), 0.5);
}

}  // namespace
}  // namespace secondstep::qr_reader
