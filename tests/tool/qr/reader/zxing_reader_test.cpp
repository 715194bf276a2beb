#include "qr/reader/zxing_reader.h"

#include <gtest/gtest.h>

#include "tool/qr/reader/made_files.h"
#include "tool/qr/reader/seen.h"

namespace secondstep::qr_reader {
namespace {

using testing::page_with;
using testing::seen;

TEST(ZxingReader, ReadsAFlatSymbolAndSaysWhereItIs) {
    const auto symbols = read_symbols(seen(page_with("text")), Threshold::local);
    ASSERT_EQ(symbols.size(), 1U);
    EXPECT_EQ(symbols.front().text, "text");
    // 21 modules of 4 pixels around (200, 150).
    EXPECT_LT(length(symbols.front().corners[0] - Point{158, 108}), 4);
    EXPECT_LT(length(symbols.front().corners[2] - Point{242, 192}), 4);
}

TEST(ZxingReader, FindsNothingInNothing) {
    EXPECT_TRUE(read_symbols(seen(testing::Canvas(100, 100, 255)), Threshold::local).empty());
    EXPECT_FALSE(read_drawn_symbol(seen(testing::Canvas(100, 100, 255))));
}

}  // namespace
}  // namespace secondstep::qr_reader
