#include "pictures/picture_file.h"

#include <png.h>

#include <cstdio>
// jpeglib.h uses FILE and size_t without including anything.
#include <jpeglib.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

namespace secondstep::testing {

namespace {

struct PngLayout {
    int colour;
    int depth;
};

PngLayout layout_of(PngForm form) {
    switch (form) {
        case PngForm::gray:
            return {PNG_COLOR_TYPE_GRAY, 8};
        case PngForm::gray_16:
            return {PNG_COLOR_TYPE_GRAY, 16};
        case PngForm::rgb:
            return {PNG_COLOR_TYPE_RGB, 8};
        case PngForm::rgb_16:
            return {PNG_COLOR_TYPE_RGB, 16};
        case PngForm::rgba:
            return {PNG_COLOR_TYPE_RGB_ALPHA, 8};
        case PngForm::palette:
        case PngForm::palette_transparent:
            return {PNG_COLOR_TYPE_PALETTE, 8};
        case PngForm::one_bit:
            return {PNG_COLOR_TYPE_GRAY, 1};
    }
    throw std::logic_error("no such form");
}

// One pixel in the form; of a palette, whose entries are its index turned round, so that indices are no gray.
void put_pixel(FileBytes& row, std::uint8_t light, const PngOptions& options) {
    switch (options.form) {
        case PngForm::gray:
            row.push_back(light);
            return;
        case PngForm::gray_16:
            row.insert(row.end(), {light, 0x5a});
            return;
        case PngForm::rgb:
            row.insert(row.end(), {light, light, light});
            return;
        case PngForm::rgb_16:
            row.insert(row.end(), {light, 0x12, light, 0x34, light, 0x56});
            return;
        case PngForm::rgba:
            // The colour behind a transparent pixel is anything, here the opposite of what is to be seen.
            if (light == options.transparent) {
                const auto other = static_cast<std::uint8_t>(255 - light);
                row.insert(row.end(), {other, other, other, 0});
            } else {
                row.insert(row.end(), {light, light, light, 255});
            }
            return;
        case PngForm::palette:
        case PngForm::palette_transparent:
            row.push_back(static_cast<std::uint8_t>(255 - light));
            return;
        case PngForm::one_bit:
            return;  // see row_of()
    }
}

FileBytes row_of(const std::uint8_t* light, std::size_t width, const PngOptions& options) {
    FileBytes row;
    if (options.form == PngForm::one_bit) {
        row.resize((width + 7) / 8);
        for (std::size_t x = 0; x < width; ++x)
            if (light[x] > 127) row[x / 8] = static_cast<std::uint8_t>(row[x / 8] | (0x80 >> (x % 8)));
    }
    for (std::size_t x = 0; x < width; ++x)
        put_pixel(row, light[x], options);
    return row;
}

void write_palette(png_structp png, png_infop info, const PngOptions& options) {
    std::array<png_color, 256> colours{};
    std::array<png_byte, 256> alpha{};
    for (std::size_t i = 0; i < colours.size(); ++i) {
        const auto light = static_cast<png_byte>(255 - i);
        colours.at(i) = {light, light, light};
        alpha.at(i) = light == options.transparent ? 0 : 255;
    }
    ::png_set_PLTE(png, info, colours.data(), 256);
    if (options.form == PngForm::palette_transparent) ::png_set_tRNS(png, info, alpha.data(), 256, nullptr);
}

void append(png_structp png, png_bytep data, std::size_t size) {
    auto* const out = static_cast<FileBytes*>(::png_get_io_ptr(png));
    out->insert(out->end(), data, data + size);
}

// Each scan brings whole coefficients: one that comes a second time is nothing a decoder complains about.
constexpr std::array<jpeg_scan_info, 4> scans = {{{3, {0, 1, 2, 0}, 0, 0, 0, 0},
                                                  {1, {0, 0, 0, 0}, 1, 63, 0, 0},
                                                  {1, {1, 0, 0, 0}, 1, 63, 0, 0},
                                                  {1, {2, 0, 0, 0}, 1, 63, 0, 0}}};

// A TIFF directory with one entry, in big-endian order (EXIF 2.32, 4.5.2).
FileBytes exif_with(int orientation) {
    return {'E', 'x', 'i',  'f',  0, 0, 'M', 'M', 0, 42, 0, 0,
            0,   8,  //
            0,   1,   0x01, 0x12, 0, 3, 0,   0,   0, 1,  0, static_cast<std::uint8_t>(orientation),
            0,   0,  //
            0,   0,   0,    0};
}

}  // namespace

FileBytes png_file(const Canvas& canvas, const PngOptions& options) {
    const FileBytes light = canvas.bytes();
    std::vector<FileBytes> rows;
    std::vector<png_bytep> pointers;
    for (std::size_t y = 0; y < canvas.height(); ++y)
        rows.push_back(row_of(light.data() + y * canvas.width(), canvas.width(), options));
    for (FileBytes& row : rows)
        pointers.push_back(row.data());
    FileBytes out;
    // An error ends the test program: libpng's own handler without a setjmp aborts.
    png_structp png = ::png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = ::png_create_info_struct(png);
    const PngLayout layout = layout_of(options.form);
    ::png_set_write_fn(png, &out, append, nullptr);
    ::png_set_IHDR(png, info, static_cast<png_uint_32>(canvas.width()),
                   static_cast<png_uint_32>(canvas.height()), layout.depth, layout.colour,
                   options.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                   PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    ::png_set_compression_level(png, 1);
    if (layout.colour == PNG_COLOR_TYPE_PALETTE) write_palette(png, info, options);
    ::png_set_rows(png, info, pointers.data());
    ::png_write_png(png, info, PNG_TRANSFORM_IDENTITY, nullptr);
    ::png_destroy_write_struct(&png, &info);
    return out;
}

FileBytes jpeg_file(const Canvas& canvas, const JpegOptions& options) {
    jpeg_compress_struct jpeg{};
    jpeg_error_mgr errors{};
    jpeg.err = ::jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    unsigned char* memory = nullptr;
    unsigned long size = 0;
    ::jpeg_mem_dest(&jpeg, &memory, &size);
    jpeg.image_width = static_cast<JDIMENSION>(canvas.width());
    jpeg.image_height = static_cast<JDIMENSION>(canvas.height());
    const bool ink = options.form == JpegForm::cmyk || options.form == JpegForm::cmyk_adobe;
    jpeg.input_components = ink ? 4 : options.form == JpegForm::gray ? 1 : 3;
    jpeg.in_color_space = ink ? JCS_CMYK : options.form == JpegForm::gray ? JCS_GRAYSCALE : JCS_RGB;
    ::jpeg_set_defaults(&jpeg);
    ::jpeg_set_quality(&jpeg, options.quality, TRUE);
    jpeg.write_Adobe_marker = options.form == JpegForm::cmyk_adobe ? TRUE : FALSE;
    if (options.progressive) {
        jpeg.scan_info = scans.data();
        jpeg.num_scans = static_cast<int>(scans.size());
    }
    ::jpeg_start_compress(&jpeg, TRUE);
    if (options.orientation != 0) {
        const auto exif = exif_with(options.orientation);
        ::jpeg_write_marker(&jpeg, JPEG_APP0 + 1, exif.data(), static_cast<unsigned>(exif.size()));
    }
    const FileBytes light = canvas.bytes();
    for (std::size_t y = 0; y < canvas.height(); ++y) {
        FileBytes row;
        for (std::size_t x = 0; x < canvas.width(); ++x) {
            const std::uint8_t pixel = light[y * canvas.width() + x];
            // Adobe writes light instead of ink.
            const auto value =
                static_cast<std::uint8_t>(options.form == JpegForm::cmyk ? 255 - pixel : pixel);
            row.insert(row.end(), ink ? 3U : static_cast<unsigned>(jpeg.input_components), value);
            if (ink) row.push_back(options.form == JpegForm::cmyk ? 0 : 255);
        }
        JSAMPROW pointer = row.data();
        ::jpeg_write_scanlines(&jpeg, &pointer, 1);
    }
    ::jpeg_finish_compress(&jpeg);
    FileBytes out(memory, memory + size);
    ::jpeg_destroy_compress(&jpeg);
    std::free(memory);  // NOLINT: libjpeg's malloc
    return out;
}

}  // namespace secondstep::testing
