#include "qr/reader/treatment.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace secondstep::qr_reader {

namespace {

// The row or column beside the one an enlarged one comes from; at the edge itself.
std::size_t neighbour(std::size_t enlarged, std::size_t count) {
    const std::size_t own = enlarged / 2;
    if (enlarged % 2 != 0) return std::min(own + 1, count - 1);
    return own == 0 ? 0 : own - 1;
}

std::uint8_t mixed(unsigned near, unsigned beside, unsigned above, unsigned far) {
    return static_cast<std::uint8_t>((9 * near + 3 * beside + 3 * above + far + 8) / 16);
}

// Index `i` moved by `by`, held within 0 to count - 1: the edge goes on for ever.
std::size_t held(std::size_t i, std::ptrdiff_t by, std::size_t count) {
    return static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(i) + by, 0,
                                                               static_cast<std::ptrdiff_t>(count) - 1));
}

// out[x] = mean over 2 reach + 1 columns, each a sum over as many rows.
void mean_of_columns(const std::vector<unsigned>& columns, std::ptrdiff_t reach, std::uint8_t* out) {
    const auto side = static_cast<unsigned>(2 * reach + 1);
    const unsigned area = side * side;
    unsigned sum = area / 2;
    for (std::ptrdiff_t i = -reach; i <= reach; ++i)
        sum += columns[held(0, i, columns.size())];
    for (std::size_t x = 0; x < columns.size(); ++x) {
        out[x] = static_cast<std::uint8_t>(sum / area);
        sum += columns[held(x, reach + 1, columns.size())] - columns[held(x, -reach, columns.size())];
    }
}

GrayPicture transposed(const GrayPicture& picture) {
    GrayPicture out = blank_picture(picture.height, picture.width);
    for (std::size_t y = 0; y < picture.height; ++y)
        for (std::size_t x = 0; x < picture.width; ++x)
            out.row(x)[y] = picture.row(y)[x];
    return out;
}

// The point (x, y) by linear interpolation; white outside.
std::uint8_t at(const GrayPicture& picture, double x, double y) {
    const double left = std::floor(x);
    const double top = std::floor(y);
    if (left < 0 || top < 0 || left + 1 >= static_cast<double>(picture.width) ||
        top + 1 >= static_cast<double>(picture.height)) {
        return 255;
    }
    const std::uint8_t* above = picture.row(static_cast<std::size_t>(top)) + static_cast<std::size_t>(left);
    const std::uint8_t* below = above + picture.width;
    const double across = x - left;
    const double down = y - top;
    const double upper = above[0] + across * (above[1] - above[0]);
    const double lower = below[0] + across * (below[1] - below[0]);
    return static_cast<std::uint8_t>(std::lround(upper + down * (lower - upper)));
}

// Projection with the bottom edge as it is, and the top edge `share` as long, in the middle.
GrayPicture tilted_at_the_top(const GrayPicture& picture, bool upside_down) {
    constexpr double share = 0.7;
    GrayPicture out = blank_picture(picture.width, picture.height);
    const auto width = static_cast<double>(picture.width);
    const auto height = static_cast<double>(picture.height);
    for (std::size_t y = 0; y < out.height; ++y) {
        const double from_top = (static_cast<double>(upside_down ? out.height - 1 - y : y) + 0.5) / height;
        const double length = share + (1 - share) * from_top;
        const double row = from_top / length * height;
        const double from_y = upside_down ? height - row : row;
        for (std::size_t x = 0; x < out.width; ++x) {
            const double from_x = (static_cast<double>(x) + 0.5 - width / 2) / length + width / 2;
            out.row(y)[x] = at(picture, from_x - 0.5, from_y - 0.5);
        }
    }
    return out;
}

}  // namespace

GrayPicture inverted(GrayPicture picture) {
    for (std::uint8_t& pixel : picture.pixels)
        pixel = static_cast<std::uint8_t>(255 - pixel);
    return picture;
}

GrayPicture reduced(const GrayPicture& picture, std::size_t factor) {
    GrayPicture out = blank_picture(picture.width / factor, picture.height / factor);
    std::vector<unsigned> sums(out.width);
    const auto area = static_cast<unsigned>(factor * factor);
    for (std::size_t y = 0; y < out.height; ++y) {
        std::ranges::fill(sums, area / 2);
        for (std::size_t line = y * factor; line < (y + 1) * factor; ++line) {
            const std::uint8_t* from = picture.row(line);
            for (unsigned& sum : sums)
                for (std::size_t i = 0; i < factor; ++i)
                    sum += *from++;
        }
        for (std::size_t x = 0; x < out.width; ++x)
            out.row(y)[x] = static_cast<std::uint8_t>(sums[x] / area);
    }
    return out;
}

GrayPicture doubled(const GrayPicture& picture) {
    GrayPicture out = blank_picture(picture.width * 2, picture.height * 2);
    for (std::size_t y = 0; y < out.height; ++y) {
        const std::uint8_t* near = picture.row(y / 2);
        const std::uint8_t* above = picture.row(neighbour(y, picture.height));
        for (std::size_t x = 0; x < out.width; ++x) {
            const std::size_t beside = neighbour(x, picture.width);
            out.row(y)[x] = mixed(near[x / 2], near[beside], above[x / 2], above[beside]);
        }
    }
    return out;
}

GrayPicture softened(const GrayPicture& picture, std::size_t radius) {
    GrayPicture out = blank_picture(picture.width, picture.height);
    const auto reach = static_cast<std::ptrdiff_t>(radius);
    std::vector<unsigned> columns(picture.width);
    const auto add = [&](std::size_t y, unsigned sign) {
        const std::uint8_t* row = picture.row(y);
        for (std::size_t x = 0; x < columns.size(); ++x)
            columns[x] += sign * row[x];
    };
    for (std::ptrdiff_t i = -reach; i <= reach; ++i)
        add(held(0, i, picture.height), 1);
    for (std::size_t y = 0; y < picture.height; ++y) {
        mean_of_columns(columns, reach, out.row(y));
        add(held(y, reach + 1, picture.height), 1);
        add(held(y, -reach, picture.height), ~0U);  // -1
    }
    return out;
}

GrayPicture sharpened(const GrayPicture& picture, std::size_t radius, int times) {
    GrayPicture out = softened(picture, radius);
    for (std::size_t i = 0; i < out.pixels.size(); ++i) {
        const int pixel = picture.pixels[i];
        out.pixels[i] =
            static_cast<std::uint8_t>(std::clamp(pixel + times * (pixel - out.pixels[i]), 0, 255));
    }
    return out;
}

GrayPicture thresholded(const GrayPicture& picture, std::size_t radius) {
    GrayPicture out = softened(picture, radius);
    for (std::size_t i = 0; i < out.pixels.size(); ++i)
        out.pixels[i] = picture.pixels[i] < out.pixels[i] ? 0 : 255;
    return out;
}

GrayPicture tilted(const GrayPicture& picture, Edge edge) {
    switch (edge) {
        case Edge::top:
            return tilted_at_the_top(picture, false);
        case Edge::bottom:
            return tilted_at_the_top(picture, true);
        case Edge::left:
            return transposed(tilted_at_the_top(transposed(picture), false));
        case Edge::right:
            return transposed(tilted_at_the_top(transposed(picture), true));
    }
    return picture;
}

}  // namespace secondstep::qr_reader
