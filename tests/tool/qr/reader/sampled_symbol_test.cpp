#include "qr/reader/sampled_symbol.h"

#include <gtest/gtest.h>

#include "pictures/bent_set.h"
#include "qr/reader/zxing_reader.h"
#include "tool/qr/reader/seen.h"

namespace secondstep::qr_reader {
namespace {

using testing::Canvas;
using testing::Symbol;

constexpr int side = 33;
constexpr double module = 6;

ModuleMesh flat_mesh() {
    std::vector<ControlPoint> points;
    for (const Point corner : {Point{0, 0}, {side, 0}, {side, side}, {0, side}})
        points.push_back({.symbol = corner, .picture = Point{20, 20} + module * corner});
    return {side, points};
}

Canvas page(const Symbol& symbol) {
    Canvas canvas(40 + side * 6, 40 + side * 6, 220);
    canvas.draw(symbol, testing::square({20 + side * 3.0, 20 + side * 3.0}, side * module),
                {.dark = 40, .light = 220});
    return canvas;
}

const std::string text = testing::text_for_version(4);

int wrong_modules(const SampledSymbol& sampled, const Symbol& symbol) {
    int wrong = 0;
    for (int row = 0; row < side; ++row)
        for (int column = 0; column < side; ++column)
            wrong += sampled.is_dark(column, row) != symbol.dark(column, row) ? 1 : 0;
    return wrong;
}

TEST(SampledSymbol, HasEveryModule) {
    const Symbol symbol(text);
    const SampledSymbol sampled(testing::seen(page(symbol)), flat_mesh(), side);
    EXPECT_EQ(wrong_modules(sampled, symbol), 0);
    EXPECT_EQ(sampled.timing_share(), 1);
}

TEST(SampledSymbol, HasItInAShadowAndSharpenedWhenItIsBlurred) {
    const Symbol symbol(text);
    Canvas canvas = page(symbol);
    canvas.light_unevenly(0.3, 30, false);
    EXPECT_EQ(wrong_modules({testing::seen(canvas), flat_mesh(), side}, symbol), 0);
    canvas.blur(0.7 * module);
    const SampledSymbol blurred(testing::seen(canvas), flat_mesh(), side);
    EXPECT_LT(3 * wrong_modules(blurred.sharpened(), symbol), 2 * wrong_modules(blurred, symbol));
}

TEST(SampledSymbol, IsDrawnSoThatItIsRead) {
    const SampledSymbol sampled(testing::seen(page(Symbol(text))), flat_mesh(), side);
    const auto read = read_drawn_symbol(sampled.drawn(SampledSymbol::Order::as_it_is));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->text, text);
}

TEST(SampledSymbol, OfAMirroredOneIsReadWhenItIsDrawnMirrored) {
    const Canvas canvas = page(Symbol(text)).stored_with(5);
    const SampledSymbol sampled(testing::seen(canvas), flat_mesh(), side);
    const auto read = read_drawn_symbol(sampled.drawn(SampledSymbol::Order::mirrored));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->text, text);
}

// ZXing 1.4 ends the program where the middle of one is light.
TEST(SampledSymbol, IsDrawnWithWholeFinderPatternsWhateverWasSeen) {
    Canvas canvas = page(Symbol(text));
    canvas.fill(20 + (side - 5) * 6, 20 + 2 * 6, 3 * 6, 3 * 6, 220);
    const SampledSymbol sampled(testing::seen(canvas), flat_mesh(), side);
    const auto read = read_drawn_symbol(sampled.drawn(SampledSymbol::Order::as_it_is));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->text, text);
}

TEST(SampledSymbol, OfSomethingElseHasNoTimingPatterns) {
    testing::Dice dice(3);
    Canvas canvas(300, 300, 128);
    canvas.add_noise(dice, 60);
    EXPECT_LT(SampledSymbol(testing::seen(canvas), flat_mesh(), side).timing_share(), 0.75);
    EXPECT_LT(SampledSymbol(testing::seen(Canvas(300, 300, 255)), flat_mesh(), side).timing_share(), 0.75);
}

}  // namespace
}  // namespace secondstep::qr_reader
