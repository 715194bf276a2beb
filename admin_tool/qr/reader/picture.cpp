#include "qr/reader/picture.h"

#include "qr/reader/foreign_form.h"

namespace secondstep::qr_reader {

std::expected<GrayPicture, Refusal> decode_picture(ByteView bytes, Background background) {
    if (is_png(bytes)) return decode_png(bytes, background);
    if (is_jpeg(bytes)) return decode_jpeg(bytes);
    return std::unexpected(refusal_of(bytes));
}

}  // namespace secondstep::qr_reader
