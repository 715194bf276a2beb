// What decoding needs of the system is what the lock leaves.
#include <gtest/gtest.h>

#include "confined/confinement.h"
#include "qr/reader/reading.h"
#include "support/child_process.h"
#include "tool/qr/reader/made_files.h"

namespace secondstep::qr_reader {
namespace {

TEST(ConfinedReading, LeavesWhatDecodingNeeds) {
    const auto png = png_file(testing::page_with("text"));
    const auto jpeg = jpeg_file(testing::page_with("text"));
    const auto blank = png_file(testing::Canvas(900, 900, 200));  // every attempt is made on it
    const auto locked_up = [&] {
        if (!confined::forbid_system_calls()) return 99;
        const bool right = answer_to(png).has_value() && answer_to(jpeg).has_value() && !answer_to(blank);
        return right ? 0 : 1;
    };
    EXPECT_EQ(testing::status_in_child(locked_up), 0);
}

}  // namespace
}  // namespace secondstep::qr_reader
