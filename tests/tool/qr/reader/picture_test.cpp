#include "qr/reader/picture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "tool/qr/reader/made_files.h"

namespace secondstep::qr_reader {
namespace {

using testing::Canvas;
using testing::FileBytes;
using testing::JpegForm;
using testing::PngForm;

// Two bars and a ramp: enough to see columns, rows, light and dark exchanged.
Canvas sample() {
    Canvas canvas(61, 43, 255);
    canvas.fill(0, 0, 20, 10, 0);
    for (std::size_t x = 0; x < 61; ++x)
        canvas.fill(x, 30, 1, 5, static_cast<double>(x * 4));
    return canvas;
}

std::optional<Refusal> refusal(const FileBytes& file) {
    const auto picture = decode_picture(file, white);
    return picture ? std::nullopt : std::optional(picture.error());
}

// The largest difference of any pixel from what was drawn; 256: not the same size, or no picture.
int difference(const FileBytes& file, const Canvas& canvas, Background background = white) {
    const auto picture = decode_picture(file, background);
    const auto drawn = canvas.bytes();
    if (!picture || picture->width != canvas.width() || picture->pixels.size() != drawn.size()) return 256;
    int most = 0;
    for (std::size_t i = 0; i < drawn.size(); ++i)
        most = std::max(most, std::abs(int{drawn[i]} - int{picture->pixels[i]}));
    return most;
}

TEST(Picture, HasTheSamePixelsInEveryFormOfPng) {
    for (const bool interlaced : {false, true}) {
        for (const PngForm form : {PngForm::gray, PngForm::gray_16, PngForm::rgb, PngForm::rgb_16,
                                   PngForm::rgba, PngForm::palette, PngForm::palette_transparent}) {
            EXPECT_LE(difference(png_file(sample(), {.form = form, .interlaced = interlaced}), sample()), 1)
                << static_cast<int>(form) << " interlaced " << interlaced;
        }
    }
}

TEST(Picture, OfOneBitAPixelIsBlackAndWhite) {
    Canvas canvas(61, 43, 255);
    canvas.fill(7, 3, 20, 11, 0);
    EXPECT_EQ(difference(png_file(canvas, {.form = PngForm::one_bit}), canvas), 0);
    EXPECT_EQ(difference(png_file(canvas, {.form = PngForm::one_bit, .interlaced = true}), canvas), 0);
}

TEST(Picture, HasTheSamePixelsInEveryFormOfJpeg) {
    for (const JpegForm form : {JpegForm::gray, JpegForm::colour, JpegForm::cmyk, JpegForm::cmyk_adobe})
        EXPECT_LE(difference(jpeg_file(sample(), {.form = form, .quality = 100}), sample()), 12)
            << static_cast<int>(form);
    EXPECT_LE(difference(jpeg_file(sample(), {.quality = 100, .progressive = true}), sample()), 12);
}

TEST(Picture, ShowsTheBackgroundWhereItIsTransparent) {
    const FileBytes on_white = png_file(sample(), {.form = PngForm::rgba, .transparent = 255});
    EXPECT_EQ(difference(on_white, sample(), white), 0);
    EXPECT_GT(difference(on_white, sample(), black), 200);
    const FileBytes on_black = png_file(sample(), {.form = PngForm::palette_transparent, .transparent = 0});
    EXPECT_EQ(difference(on_black, sample(), black), 0);
    EXPECT_TRUE(decode_picture(on_black, white)->transparent);
    EXPECT_FALSE(decode_picture(png_file(sample(), {.form = PngForm::rgb}), white)->transparent);
}

TEST(Picture, IsNoneWithoutTheFirstBytesOfOne) {
    const std::string text(
        "\x7f"
        "ELF and more that is no picture\0",
        33);
    EXPECT_EQ(refusal({}), Refusal::not_a_picture);
    EXPECT_EQ(refusal({0xff, 0xd8}), Refusal::not_a_picture);
    EXPECT_EQ(refusal(FileBytes(text.begin(), text.end())), Refusal::not_a_picture);
}

TEST(Picture, CutShortAnywhereIsDamagedAndNeverMore) {
    const FileBytes png = png_file(sample());
    for (std::size_t size = 8; size + 12 < png.size(); ++size)  // the last chunk has nothing in it
        EXPECT_EQ(refusal(FileBytes(png.begin(), png.begin() + static_cast<long>(size))), Refusal::damaged)
            << size;
    const FileBytes jpeg = jpeg_file(sample());
    for (std::size_t size = 3; size + 2 < jpeg.size(); ++size) {
        const auto picture = decode_picture(ByteView(jpeg).first(size), white);
        EXPECT_TRUE(picture ? picture->damaged : picture.error() == Refusal::damaged) << size;
    }
    EXPECT_FALSE(decode_picture(jpeg, white)->damaged);
}

TEST(Picture, WithTooManyPixelsIsRefusedByItsHeader) {
    EXPECT_EQ(refusal(testing::png_claiming(50000, 50000)), Refusal::too_many_pixels);
    EXPECT_EQ(refusal(testing::png_claiming(0x7fffffff, 0x7fffffff)), Refusal::too_many_pixels);
    EXPECT_EQ(refusal(testing::png_claiming(70000, 1)), Refusal::too_many_pixels);
    EXPECT_EQ(refusal(testing::png_claiming(10000, 10001)), Refusal::too_many_pixels);
    EXPECT_EQ(refusal(testing::png_claiming(0, 5)), Refusal::damaged);
    // The frame header of a JPEG: ff c0, length, 8 bits, height, width.
    FileBytes jpeg = jpeg_file(sample());
    const std::array<std::uint8_t, 2> frame = {0xff, 0xc0};
    const auto at = std::search(jpeg.begin(), jpeg.end(), frame.begin(), frame.end());
    std::fill_n(at + 5, 4, 0xf0);
    EXPECT_EQ(refusal(jpeg), Refusal::too_many_pixels);
}

TEST(Picture, OfManyPixelsIsScaledDown) {
    Canvas canvas(4800, 3600, 255);
    canvas.fill(0, 0, 2400, 1800, 0);
    for (const FileBytes& file :
         {png_file(canvas), png_file(canvas, {.interlaced = true}), jpeg_file(canvas)}) {
        const auto picture = decode_picture(file, white);
        ASSERT_TRUE(picture);
        EXPECT_LE(picture->pixels.size(), most_searched_pixels);
        EXPECT_GE(picture->pixels.size(), most_searched_pixels / 4);
        EXPECT_LT(picture->row(picture->height / 4)[picture->width / 4], 10);
        EXPECT_GT(picture->row(picture->height * 3 / 4)[picture->width / 4], 245);
        EXPECT_GT(picture->row(picture->height / 4)[picture->width * 3 / 4], 245);
    }
}

TEST(Picture, WithTextsThatInflateCostsNothing) {
    const FileBytes file = testing::with_inflating_texts(png_file(sample()), 3, 900'000);
    EXPECT_EQ(difference(file, sample()), 0);
}

TEST(Picture, OfMoreScansThanAnybodyWritesIsRefused) {
    const FileBytes jpeg = jpeg_file(sample(), {.progressive = true});
    EXPECT_EQ(refusal(testing::with_repeated_scan(jpeg, 5)), std::nullopt);
    EXPECT_FALSE(decode_picture(testing::with_repeated_scan(jpeg, 5), white)->damaged);
    EXPECT_EQ(refusal(testing::with_repeated_scan(jpeg, 100)), Refusal::damaged);
}

}  // namespace
}  // namespace secondstep::qr_reader
