#include "tool/qr/reader/made_files.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace secondstep::testing {

namespace {

constexpr std::array<std::uint8_t, 8> png_signature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
constexpr std::size_t header_end = 8 + 12 + 13;

void put_u32(FileBytes& out, std::uint32_t value) {
    for (const int shift : {24, 16, 8, 0})
        out.push_back(static_cast<std::uint8_t>(value >> shift));
}

FileBytes chunk(std::string_view type, const FileBytes& data) {
    FileBytes named(type.begin(), type.end());
    named.insert(named.end(), data.begin(), data.end());
    FileBytes out;
    put_u32(out, static_cast<std::uint32_t>(data.size()));
    out.insert(out.end(), named.begin(), named.end());
    put_u32(out, static_cast<std::uint32_t>(::crc32(0, named.data(), static_cast<uInt>(named.size()))));
    return out;
}

void append(FileBytes& out, const FileBytes& more) {
    out.insert(out.end(), more.begin(), more.end());
}

FileBytes deflated_zeros(std::size_t size) {
    const FileBytes zeros(size);
    uLongf length = ::compressBound(size);
    FileBytes out(length);
    ::compress(out.data(), &length, zeros.data(), size);
    out.resize(length);
    return out;
}

}  // namespace

FileBytes png_claiming(std::uint32_t width, std::uint32_t height) {
    FileBytes header;
    put_u32(header, width);
    put_u32(header, height);
    header.insert(header.end(), {8, 0, 0, 0, 0});  // 8 bits, gray
    FileBytes out(png_signature.begin(), png_signature.end());
    append(out, chunk("IHDR", header));
    append(out, chunk("IDAT", deflated_zeros(1'000'000)));
    append(out, chunk("IEND", {}));
    return out;
}

FileBytes with_inflating_texts(const FileBytes& png, int count, std::size_t size) {
    FileBytes text = {'A', 0, 0};  // keyword, its end, method
    append(text, deflated_zeros(size));
    const FileBytes bomb = chunk("zTXt", text);
    FileBytes out(png.begin(), png.begin() + header_end);
    for (int i = 0; i < count; ++i)
        append(out, bomb);
    out.insert(out.end(), png.begin() + header_end, png.end());
    return out;
}

FileBytes with_repeated_scan(const FileBytes& jpeg, int times) {
    constexpr std::array<std::uint8_t, 2> start_of_scan = {0xff, 0xda};
    const auto last = std::find_end(jpeg.begin(), jpeg.end(), start_of_scan.begin(), start_of_scan.end());
    const FileBytes scan(last, jpeg.end() - 2);  // up to the end of the image
    FileBytes out(jpeg.begin(), last);
    for (int i = 0; i < times; ++i)
        append(out, scan);
    out.insert(out.end(), jpeg.end() - 2, jpeg.end());
    return out;
}

Canvas page_of_corners(std::size_t in_a_row) {
    constexpr std::size_t modules = 9;  // seven of the corner, and light around it
    constexpr std::size_t module = 2;   // pixels
    const std::size_t side = in_a_row * modules * module;
    Canvas canvas(side, side, 255);
    for (std::size_t row = 0; row < in_a_row; ++row) {
        for (std::size_t column = 0; column < in_a_row; ++column) {
            const std::size_t left = (column * modules + 1) * module;
            const std::size_t top = (row * modules + 1) * module;
            canvas.fill(left, top, 7 * module, 7 * module, 0);
            canvas.fill(left + module, top + module, 5 * module, 5 * module, 255);
            canvas.fill(left + 2 * module, top + 2 * module, 3 * module, 3 * module, 0);
        }
    }
    return canvas;
}

Canvas page_with(const Symbol& symbol) {
    Canvas canvas(400, 300, 255);
    canvas.draw(symbol, square({200, 150}, 4 * static_cast<double>(symbol.width())), {});
    return canvas;
}

Canvas page_with(const std::string& text) {
    return page_with(Symbol(text));
}

}  // namespace secondstep::testing
