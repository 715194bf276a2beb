// Codes that a library which lays one flat grid over a symbol does not read.
#include "qr/reader/curved_symbols.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "pictures/bent_set.h"
#include "qr/reader/picture.h"
#include "qr/reader/treatment.h"
#include "tool/qr/reader/made_files.h"
#include "tool/qr/reader/seen.h"

namespace secondstep::qr_reader {
namespace {

using std::chrono::steady_clock;
using testing::Canvas;
using testing::SamplePicture;
using testing::square;
using testing::Symbol;

std::vector<std::string> texts_in(const GrayPicture& picture,
                                  steady_clock::time_point end = steady_clock::time_point::max()) {
    std::vector<std::string> texts;
    for (const DecodedSymbol& symbol : read_curved_symbols(picture, end))
        texts.push_back(symbol.text);
    return texts;
}

// Small codes are drawn with large modules, which is what a reduced picture is for.
std::vector<std::string> texts_in_some_size(const GrayPicture& picture) {
    const auto texts = texts_in(picture);
    return texts.empty() ? texts_in(reduced(picture, 2)) : texts;
}

int read_of(const std::vector<SamplePicture>& samples) {
    int right = 0;
    for (const SamplePicture& sample : samples)
        right += texts_in_some_size(*decode_picture(sample.file, white)) == sample.texts ? 1 : 0;
    return right;
}

// The smallest, what enrollments have, and the largest; all of them with SECONDSTEP_LONG=1 in the environment.
std::vector<int> versions_that_are_bent() {
    if (std::getenv("SECONDSTEP_LONG") == nullptr) return {3, 14, 27};
    return {3, 6, 7, 10, 14, 18, 22, 27};
}

TEST(CurvedSymbols, AreReadThoughTheirPaperIsBent) {
    for (const int version : versions_that_are_bent()) {
        EXPECT_EQ(read_of(testing::bent_pictures(version, 0.015)), 12) << version;
        EXPECT_EQ(read_of(testing::bent_pictures(version, 0.02)), 12) << version;
    }
}

TEST(CurvedSymbols, AreReadFromAsideToo) {
    for (const int version : {3, 6, 10, 18}) {
        const std::string text = testing::text_for_version(version);
        for (int side = 0; side < 4; ++side) {
            // One edge is seven tenths as long as the other.
            testing::Quad corners = square({350, 350}, 480, 90.0 * side);
            corners[0] = {0.85 * corners[0].x + 0.15 * corners[1].x,
                          0.85 * corners[0].y + 0.15 * corners[1].y};
            corners[1] = {0.85 * corners[1].x + 0.15 * corners[0].x,
                          0.85 * corners[1].y + 0.15 * corners[0].y};
            Canvas canvas(700, 700, 235);
            canvas.draw(Symbol(text), corners, {.dark = 20, .light = 235}, testing::bent(0.02, 30));
            EXPECT_THAT(texts_in_some_size(testing::seen(canvas)), ::testing::ElementsAre(text))
                << version << " " << side;
        }
    }
}

TEST(CurvedSymbols, AreReadThroughALens) {
    for (const int version : {10, 15, 22}) {
        for (const double barrel : {0.08, -0.03}) {
            const std::string text = testing::text_for_version(version);
            Canvas canvas(800, 800, 230);
            canvas.draw(Symbol(text), square({400, 400}, 560), {.dark = 30, .light = 230},
                        testing::through_lens(barrel));
            EXPECT_THAT(texts_in_some_size(testing::seen(canvas)), ::testing::ElementsAre(text))
                << version << " " << barrel;
        }
    }
}

TEST(CurvedSymbols, AreReadOnADarkPageWithoutAQuietZone) {
    for (const int version : {2, 5, 10}) {
        for (const double page : {0.0, 30.0, 60.0}) {
            const std::string text = testing::text_for_version(version);
            Canvas canvas(500, 500, page);
            canvas.draw(Symbol(text), square({250, 250}, 300), {.dark = 0, .light = 255, .quiet = 0});
            EXPECT_THAT(texts_in_some_size(testing::seen(canvas)), ::testing::ElementsAre(text))
                << version << " " << page;
        }
    }
}

// ZXing 1.4 finds the text of some symbols whose rows are columns, and not of others, this one among them.
TEST(CurvedSymbols, AreReadInEveryOrientation) {
    for (const std::string& text :
         {std::string(
              "otpauth://totp/Example%20Portal:fetch@example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&"
              "issuer=Example%20Portal"),
          testing::text_for_version(7), testing::text_for_version(14)}) {
        Canvas canvas(500, 460, 235);
        canvas.draw(Symbol(text), square({240, 230}, 300, 7), {.dark = 20, .light = 235},
                    testing::bent(0.01, 60));
        for (int orientation = 1; orientation <= 8; ++orientation)
            EXPECT_THAT(texts_in_some_size(testing::seen(canvas.stored_with(orientation))),
                        ::testing::ElementsAre(text))
                << text << ", orientation " << orientation;
    }
}

TEST(CurvedSymbols, AreNotInWhatIsNone) {
    EXPECT_TRUE(texts_in(testing::seen(testing::page_of_corners(12))).empty());
    testing::Dice dice(11);
    for (int i = 0; i < 6; ++i) {
        Canvas canvas(600, 500, 128);
        for (std::size_t line = 0; line < 25; ++line)
            canvas.write_words(dice, 5, 20 * line, 590, 8 + 4 * dice.below(4), 20);
        canvas.add_noise(dice, 20.0 * i);
        EXPECT_TRUE(texts_in(testing::seen(canvas)).empty()) << i;
    }
}

// Three good corners, and noise or another symbol's modules between them: what error correction refuses is
// not there.
TEST(CurvedSymbols, WithOtherModulesBetweenTheirCornersAreNone) {
    testing::Dice dice(12);
    for (int i = 0; i < 20; ++i) {
        const Symbol symbol(testing::text_for_version(10));
        Canvas canvas(600, 600, 255);
        canvas.draw(symbol, square({300, 300}, 456), {});
        for (std::size_t block = 0; block < 400; ++block)
            canvas.fill(144 + 8 * dice.below(40), 144 + 8 * dice.below(40), 8, 8,
                        dice.below(2) == 0 ? 0 : 255);
        for (const std::string& found : texts_in(testing::seen(canvas)))
            EXPECT_EQ(found, testing::text_for_version(10));
    }
}

TEST(CurvedSymbols, AreNotLookedForWhenTheTimeIsOver) {
    const auto sample = testing::bent_pictures(10, 0.015).front();
    EXPECT_TRUE(texts_in(*decode_picture(sample.file, white), steady_clock::now()).empty());
}

}  // namespace
}  // namespace secondstep::qr_reader
