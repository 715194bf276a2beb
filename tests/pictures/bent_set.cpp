#include "pictures/bent_set.h"

#include <stdexcept>

namespace secondstep::testing {

std::string text_for_version(int version) {
    const std::size_t side = 17 + 4 * static_cast<std::size_t>(version);
    Dice dice(static_cast<std::uint64_t>(version));
    std::string text = sample_export(dice, 40);
    for (std::size_t size = 15; size < text.size(); size += version < 10 ? 3 : 12)
        if (Symbol(text.substr(0, size)).width() == side) return text.substr(0, size);
    throw std::logic_error("no text for that version");
}

std::vector<SamplePicture> bent_pictures(int version, double share) {
    const std::string text = text_for_version(version);
    const Symbol symbol(text);
    std::vector<SamplePicture> pictures;
    for (int i = 0; i < 12; ++i) {
        const double angle = 30.0 * i;
        Canvas canvas(700, 700, 235);
        canvas.draw(symbol, square({350, 350}, 480, angle / 10 - 16), {.dark = 20, .light = 235, .quiet = 4},
                    bent(share, angle));
        canvas.blur(0.6);
        pictures.push_back({"bent", jpeg_file(canvas, {.form = JpegForm::gray}), {text}});
    }
    return pictures;
}

}  // namespace secondstep::testing
