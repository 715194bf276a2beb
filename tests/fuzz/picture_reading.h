#pragma once

#include <algorithm>
#include <cstdint>
#include <stdexcept>

#include "qr/reader/answer.h"
#include "qr/reader/curved_symbols.h"
#include "qr/reader/reading.h"

// What any bytes are given to, by the fuzzer and by the test that reads again what the fuzzer has found.
namespace secondstep::testing {

// A picture that needs no decoder, so that a changed bit is a changed module: after "1b" the width, then a bit for
// each pixel, from the left, 1 for dark. Each is drawn as three by three.
inline qr_reader::GrayPicture picture_of_bits(ByteView bytes) {
    constexpr std::size_t factor = 3;
    const std::size_t width = std::clamp<std::size_t>(bytes[2], 21, 200);
    const ByteView bits = bytes.subspan(3);
    const std::size_t height = std::min(bits.size() * 8 / width, std::size_t{200});
    qr_reader::GrayPicture picture = qr_reader::blank_picture(width * factor, height * factor);
    for (std::size_t y = 0; y < picture.height; ++y) {
        for (std::size_t x = 0; x < picture.width; ++x) {
            const std::size_t bit = y / factor * width + x / factor;
            picture.row(y)[x] = (bits[bit / 8] >> (7 - bit % 8) & 1) != 0 ? 0 : 255;
        }
    }
    return picture;
}

// A picture somebody made to harm, in the process that decodes it; and what the tool makes of any answer. The
// answer has always the form the tool understands. Throws std::logic_error where it has not.
inline void read_any_picture(ByteView input) {
    const auto back = qr_reader::decode(qr_reader::encode(qr_reader::answer_to(input)));
    if (!back) throw std::logic_error("an answer that is none");
    if (const auto answer = qr_reader::decode(input)) {
        if (qr_reader::encode(*answer) != Bytes(input.begin(), input.end()))
            throw std::logic_error("an answer of another form");
    }
    if (input.size() < 60 || input[0] != '1' || input[1] != 'b') return;
    const qr_reader::GrayPicture picture = picture_of_bits(input);
    if (picture.height == 0) return;
    for (const auto& symbol :
         qr_reader::read_curved_symbols(picture, std::chrono::steady_clock::time_point::max())) {
        if (!(symbol.corners[0].x == symbol.corners[0].x))
            throw std::logic_error("a place that is no number");
    }
}

}  // namespace secondstep::testing
