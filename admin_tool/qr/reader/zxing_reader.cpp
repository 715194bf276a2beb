#include "qr/reader/zxing_reader.h"

#include <ZXing/ReadBarcode.h>
#if __has_include(<ZXing/Version.h>)
#include <ZXing/Version.h>
#else
#include <ZXing/ZXVersion.h>
#endif

#include <string_view>

#include "base/text.h"

namespace secondstep::qr_reader {

namespace {

#if ZXING_VERSION_MAJOR >= 2
using Options = ZXing::ReaderOptions;
// It would do that by itself, and the search does it too.
Options without_inversion(Options options) {
    return options.setTryInvert(false);
}
#else
using Options = ZXing::DecodeHints;
Options without_inversion(Options options) {
    return options;
}
#endif

Options options_for(ZXing::Binarizer binarizer) {
    return without_inversion(
        Options().setFormats(ZXing::BarcodeFormat::QRCode).setBinarizer(binarizer).setTryDownscale(false));
}

ZXing::ImageView view_of(const GrayPicture& picture) {
    return {picture.pixels.data(), static_cast<int>(picture.width), static_cast<int>(picture.height),
            ZXing::ImageFormat::Lum};
}

// What is UTF-8 is taken byte for byte: ZXing guesses where a code does not say its character set.
std::string text_of(const ZXing::Result& code) {
    const std::string_view bytes(reinterpret_cast<const char*>(code.bytes().data()), code.bytes().size());
    if (is_valid_utf8(bytes)) return std::string(bytes);
    return code.contentType() == ZXing::ContentType::Text ? code.text() : std::string();
}

DecodedSymbol decoded(const ZXing::Result& code) {
    DecodedSymbol symbol{.text = text_of(code),
                         .in_parts = code.sequenceSize() > 1 || code.sequenceIndex() > 0,
                         .corners = {}};
    const ZXing::Position& corners = code.position();
    for (std::size_t i = 0; i < corners.size(); ++i)
        symbol.corners.at(i) = {static_cast<double>(corners[i].x), static_cast<double>(corners[i].y)};
    return symbol;
}

}  // namespace

std::vector<DecodedSymbol> read_symbols(const GrayPicture& picture, Threshold threshold) {
    const auto binarizer =
        threshold == Threshold::local ? ZXing::Binarizer::LocalAverage : ZXing::Binarizer::FixedThreshold;
    std::vector<DecodedSymbol> symbols;
    for (const ZXing::Result& code : ZXing::ReadBarcodes(view_of(picture), options_for(binarizer)))
        if (code.isValid()) symbols.push_back(decoded(code));
    return symbols;
}

std::optional<DecodedSymbol> read_drawn_symbol(const GrayPicture& picture) {
    const auto options = options_for(ZXing::Binarizer::FixedThreshold).setIsPure(true);
    const ZXing::Result code = ZXing::ReadBarcode(view_of(picture), options);
    return code.isValid() ? std::optional(decoded(code)) : std::nullopt;
}

}  // namespace secondstep::qr_reader
