#include "pictures/zbar_reader.h"

#include <zbar.h>

namespace secondstep {
namespace testing {

std::set<std::string> read_with_zbar(const std::uint8_t* pixels, unsigned width, unsigned height) {
    zbar::ImageScanner scanner;
    scanner.set_config(zbar::ZBAR_NONE, zbar::ZBAR_CFG_ENABLE, 0);
    scanner.set_config(zbar::ZBAR_QRCODE, zbar::ZBAR_CFG_ENABLE, 1);
    scanner.set_config(zbar::ZBAR_NONE, zbar::ZBAR_CFG_TEST_INVERTED, 1);
    zbar::Image image(width, height, "Y800", pixels, static_cast<unsigned long>(width) * height);
    scanner.scan(image);
    std::set<std::string> texts;
    for (auto symbol = image.symbol_begin(); symbol != image.symbol_end(); ++symbol)
        texts.insert(symbol->get_data());
    return texts;
}

}  // namespace testing
}  // namespace secondstep
