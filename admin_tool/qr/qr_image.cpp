#include "qr/qr_image.h"

#include <png.h>

#include <cstdint>
#include <string>

namespace secondstep::tool {

namespace {

constexpr std::size_t quiet_zone = 4;
constexpr std::size_t pixels_per_module = 8;
constexpr std::uint8_t black = 0;
constexpr std::uint8_t white = 255;

bool dark_at(const dialogue::QrCode& qr, std::size_t x, std::size_t y) {
    const std::size_t width = qr.width();
    if (x < quiet_zone || y < quiet_zone || x >= width + quiet_zone || y >= width + quiet_zone) return false;
    return qr.dark(x - quiet_zone, y - quiet_zone);
}

// One byte a pixel, rows from the top.
Secret pixels_of(const dialogue::QrCode& qr, std::size_t side) {
    Secret pixels(side * side);
    const MutableByteView bytes = pixels.bytes();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const std::size_t x = i % side / pixels_per_module;
        const std::size_t y = i / side / pixels_per_module;
        bytes[i] = dark_at(qr, x, y) ? black : white;
    }
    return pixels;
}

}  // namespace

Result<Secret> png_of(const dialogue::QrCode& qr) {
    const std::size_t side = (qr.width() + 2 * quiet_zone) * pixels_per_module;
    const Secret pixels = pixels_of(qr, side);
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(side);
    image.height = image.width;
    image.format = PNG_FORMAT_GRAY;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    Secret png(size);
    const bool made = png_image_write_to_memory(&image, png.bytes().data(), &size, 0, pixels.bytes().data(),
                                                0, nullptr) != 0;
    png_image_free(&image);
    if (!made) return fail(Errc::io, std::string("libpng: ") + image.message);
    png.truncate(size);
    return png;
}

Secret svg_of(const dialogue::QrCode& qr) {
    const std::string side = std::to_string(qr.width() + 2 * quiet_zone);
    Secret svg = Secret::copy_of("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + side + "mm\" height=\"" + side +
               "mm\" viewBox=\"0 0 " + side + " " + side + "\" shape-rendering=\"crispEdges\">\n");
    svg.append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<path fill=\"#000\" d=\"");
    for (std::size_t y = 0; y < qr.width(); ++y) {
        for (std::size_t x = 0; x < qr.width(); ++x) {
            if (!qr.dark(x, y)) continue;
            svg.append("M" + std::to_string(x + quiet_zone) + " " + std::to_string(y + quiet_zone) +
                       "h1v1h-1z");
        }
    }
    svg.append("\"/>\n</svg>\n");
    return svg;
}

}  // namespace secondstep::tool
