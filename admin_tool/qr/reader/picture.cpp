#include "qr/reader/picture.h"

namespace secondstep::qr_reader {

std::expected<GrayPicture, Refusal> decode_picture(ByteView bytes, Background background) {
    if (is_png(bytes)) return decode_png(bytes, background);
    if (is_jpeg(bytes)) return decode_jpeg(bytes);
    return std::unexpected(Refusal::not_a_picture);
}

}  // namespace secondstep::qr_reader
