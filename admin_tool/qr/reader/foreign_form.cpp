#include "qr/reader/foreign_form.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"

namespace secondstep::qr_reader {

namespace {

struct Form {
    std::size_t at;
    std::string_view bytes;
    Refusal refusal;
};

using namespace std::string_view_literals;

// ISO/IEC 14496-12, 4.3: at 4 the file type box, at 8 the brand (HEIF: ISO/IEC 23008-12, annex B; AVIF 1.0).
// RIFF with WEBP: RFC 9649. TIFF 6.0, section 2. PDF: ISO 32000-1, 7.5.2. JPEG XL: ISO/IEC 18181-2.
constexpr std::array forms = {
    Form{8, "WEBP", Refusal::is_webp},
    Form{4, "ftypheic", Refusal::is_heic},
    Form{4, "ftypheix", Refusal::is_heic},
    Form{4, "ftyphevc", Refusal::is_heic},
    Form{4, "ftypheim", Refusal::is_heic},
    Form{4, "ftypheis", Refusal::is_heic},
    Form{4, "ftypmif1", Refusal::is_heic},
    Form{4, "ftypmsf1", Refusal::is_heic},
    Form{4, "ftypavif", Refusal::is_avif},
    Form{4, "ftypavis", Refusal::is_avif},
    Form{0, "\0\0\0\x0cJXL \r\n\x87\n"sv, Refusal::is_jpeg_xl},
    Form{0, "\xff\x0a", Refusal::is_jpeg_xl},
    Form{0, "GIF8", Refusal::is_gif},
    Form{0, "BM", Refusal::is_bmp},
    Form{0, "II*\0"sv, Refusal::is_tiff},
    Form{0, "MM\0*"sv, Refusal::is_tiff},
    Form{0, "%PDF-", Refusal::is_pdf},
};

bool fits(const Form& form, std::string_view start) {
    return start.size() >= form.at && start.substr(form.at).starts_with(form.bytes);
}

// UTF-8 without control characters but white space. `cut`: it goes on, perhaps within a letter.
bool is_text(std::string_view start, bool cut) {
    while (cut && !start.empty() && static_cast<unsigned char>(start.back()) >= 0x80)
        start.remove_suffix(1);
    return !start.empty() && is_valid_utf8(start) && std::ranges::none_of(start, [](char letter) {
        const auto byte = static_cast<unsigned char>(letter);
        return byte == 0x7f || (byte < 0x20 && letter != '\n' && letter != '\r' && letter != '\t');
    });
}

}  // namespace

Refusal refusal_of(ByteView bytes) {
    // An SVG file may have a declaration, comments and a document type before its first element.
    constexpr std::size_t enough = 1024;
    const std::string_view start(reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), enough));
    // Two letters begin many a text too.
    if (is_text(start, bytes.size() > enough)) {
        if (start.starts_with("%PDF-")) return Refusal::is_pdf;
        return start.contains("<svg") ? Refusal::is_svg : Refusal::is_text;
    }
    const auto* const form = std::ranges::find_if(forms, [&](const Form& one) { return fits(one, start); });
    return form == forms.end() ? Refusal::not_a_picture : form->refusal;
}

}  // namespace secondstep::qr_reader
