#include "pictures/bent_set.h"

#include <algorithm>
#include <ranges>
#include <stdexcept>

namespace secondstep::testing {

std::string text_for_version(int version) {
    const std::size_t side = 17 + 4 * static_cast<std::size_t>(version);
    Dice dice(static_cast<std::uint64_t>(version));
    std::string text = sample_export(dice, 40);
    const std::size_t step = version < 10 ? 3 : 12;
    const auto size = [step](std::size_t number) { return 15 + step * number; };
    // A longer text never needs a smaller one; the largest one holds 2,953 bytes (ISO/IEC 18004, table 7).
    const std::size_t longest = std::min<std::size_t>(text.size(), 2953);
    const auto sizes = std::views::iota(std::size_t{0}, (longest - size(0)) / step + 1);
    const auto first = std::ranges::partition_point(
        sizes, [&](std::size_t number) { return Symbol(text.substr(0, size(number))).width() < side; });
    if (first != sizes.end())
        if (std::string found = text.substr(0, size(*first)); Symbol(found).width() == side) return found;
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
