#include "qr/picture_refusal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace secondstep::tool {
namespace {

using qr_reader::Refusal;
using ::testing::HasSubstr;

const Picture picture{.fd = -1, .name = "shot.heic", .most_bytes = 10UL * 1024 * 1024};

TEST(PictureRefusal, NamesThePictureAndEndsAsASentence) {
    for (auto why = std::to_underlying(Refusal::not_a_picture);
         why <= std::to_underlying(qr_reader::last_refusal); ++why) {
        const Error error = refused(Refusal{why}, picture).error();
        EXPECT_THAT(error.detail, HasSubstr("shot.heic")) << int{why};
        EXPECT_EQ(error.detail.back(), '.') << error.detail;
    }
}

TEST(PictureRefusal, OfAFormThatIsNotReadSaysWhichAndWhatToDo) {
    EXPECT_EQ(
        refused(Refusal::is_heic, picture).error().detail,
        "shot.heic is a HEIC picture, and only PNG and JPEG are read: save it as PNG, or open it and take a "
        "screenshot of the QR code. Or use the text key (setup key) that the portal shows beside the "
        "picture.");
    EXPECT_THAT(refused(Refusal::is_svg, picture).error().detail, HasSubstr("is an SVG drawing, and only"));
    EXPECT_THAT(refused(Refusal::is_text, picture).error().detail, HasSubstr("paste what it says"));
}

TEST(PictureRefusal, SaysTheBound) {
    EXPECT_THAT(refused(Refusal::too_large, picture).error().detail, HasSubstr("at most 10 MiB."));
    EXPECT_EQ(refused(Refusal::too_large, picture).error().code, Errc::too_large);
}

}  // namespace
}  // namespace secondstep::tool
