#include "pictures/oriented_set.h"

namespace secondstep::testing {

std::vector<SamplePicture> oriented_pictures() {
    Dice dice(428);
    std::vector<SamplePicture> pictures;
    for (const double module : {2.5, 4.0, 6.5, 12.0}) {
        const std::string text = sample_uri(dice);
        const Symbol symbol(text);
        const double side = module * static_cast<double>(symbol.width());
        const auto height = static_cast<std::size_t>(side + 60);
        Canvas canvas(height + 40, height, 240);
        canvas.draw(symbol, square({side / 2 + 45, side / 2 + 30}, side), {.dark = 20, .light = 240});
        for (int orientation = 1; orientation <= 8; ++orientation) {
            const Canvas stored = canvas.stored_with(orientation);
            pictures.push_back({"oriented", jpeg_file(stored, {.orientation = orientation}), {text}});
            pictures.push_back({"oriented", png_file(stored), {text}});
        }
    }
    return pictures;
}

}  // namespace secondstep::testing
