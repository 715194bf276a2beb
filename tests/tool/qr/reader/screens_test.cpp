// Our own reader in the place of a phone: pictures of terminals are read, light on dark and dark on light.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "enrollment/qr.h"
#include "qr/reader/reading.h"
#include "tool/qr/reader/made_files.h"

namespace secondstep::qr_reader {
namespace {

using dialogue::QrCode;
using testing::Canvas;
using ::testing::ElementsAre;

const std::string uri = "otpauth://totp/web01:alice?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=web01";

struct Shown {
    QrCode::Blanks how;
    std::uint8_t text;  // the terminal's own colours
    std::uint8_t background;
    std::size_t quiet;
};

// What a terminal makes of it: two cells of 8 x 16 pixels for each module, in the middle of an empty screen.
Canvas screen_with(const QrCode& qr, const Shown& shown) {
    constexpr std::size_t pixels = 16;
    constexpr std::size_t margin = 60;
    const Secret drawn = qr.blanks(shown.how, shown.quiet);
    const std::size_t side = (qr.width() + 2 * shown.quiet) * pixels + 2 * margin;
    Canvas canvas(side, side, shown.background);
    std::size_t y = margin;
    for (std::string_view line : split(drawn.text(), '\n')) {
        std::uint8_t now = shown.background;
        for (std::size_t x = margin; !line.empty();) {
            if (line.starts_with('\x1b')) {
                const std::string_view sequence = line.substr(2, line.find('m') - 2);
                if (sequence == "0") now = shown.background;
                if (sequence == "7") now = shown.text;
                if (sequence == "47" || sequence == "48;5;231") now = 255;
                if (sequence == "40" || sequence == "48;5;16") now = 0;
                line.remove_prefix(line.find('m') + 1);
                continue;
            }
            canvas.fill(x, y, pixels / 2, pixels, now);
            x += pixels / 2;
            line.remove_prefix(1);
        }
        y += pixels;
    }
    return canvas;
}

class Screens : public ::testing::TestWithParam<Shown> {};

TEST_P(Screens, AreRead) {
    const auto qr = QrCode::of(Secret::copy_of(uri));
    ASSERT_TRUE(qr);
    const Answer answer = answer_to(png_file(screen_with(*qr, GetParam())));
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->size(), 1U);
    EXPECT_EQ(answer->front().text(), uri);
}

// The last ones are the wrong way round: reverse video where the text is the darker.
INSTANTIATE_TEST_SUITE_P(OfTerminals, Screens,
                         ::testing::Values(Shown{QrCode::Blanks::black_and_white, 255, 0, 4},
                                           Shown{QrCode::Blanks::black_and_white, 0, 255, 4},
                                           Shown{QrCode::Blanks::black_and_white, 255, 0, 1},
                                           Shown{QrCode::Blanks::black_and_white, 0, 255, 1},
                                           Shown{QrCode::Blanks::black_and_white, 200, 40, 2},
                                           Shown{QrCode::Blanks::reverse_video, 255, 0, 4},
                                           Shown{QrCode::Blanks::reverse_video, 200, 20, 2},
                                           Shown{QrCode::Blanks::reverse_video, 0, 255, 4},
                                           Shown{QrCode::Blanks::reverse_video, 40, 230, 2}));

}  // namespace
}  // namespace secondstep::qr_reader
