#include "qr/picture_refusal.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace secondstep::tool {

namespace {

using qr_reader::Refusal;

constexpr std::size_t mebibyte = 1024UL * 1024;

enum class Advice { none, other_ways };

// The sentence with the picture's name between its parts.
struct Row {
    Refusal why;
    Errc code;
    const char* before;
    const char* behind;
    Advice advice;
};

// A form that is not read: `kind` with its article.
struct Form {
    Refusal why;
    const char* kind;
};

constexpr std::array forms = {
    Form{Refusal::is_webp, "a WebP picture"},  Form{Refusal::is_heic, "a HEIC picture"},
    Form{Refusal::is_avif, "an AVIF picture"}, Form{Refusal::is_jpeg_xl, "a JPEG XL picture"},
    Form{Refusal::is_gif, "a GIF picture"},    Form{Refusal::is_bmp, "a BMP picture"},
    Form{Refusal::is_tiff, "a TIFF picture"},  Form{Refusal::is_svg, "an SVG drawing"},
    Form{Refusal::is_pdf, "a PDF document"},
};

constexpr std::array rows = {
    Row{Refusal::not_a_picture, Errc::invalid, "",
        " is neither PNG nor JPEG: save it as PNG, or open it and take a screenshot of the QR code.",
        Advice::other_ways},
    Row{Refusal::is_text, Errc::invalid, "",
        " is a text, not a picture: paste what it says where the key is asked for.", Advice::none},
    Row{Refusal::too_many_pixels, Errc::too_large, "",
        " has too many pixels: cut it down to the QR code, or take a smaller photo.", Advice::none},
    Row{Refusal::damaged, Errc::damaged, "", " is damaged or cut short: copy it once more.",
        Advice::other_ways},
    Row{Refusal::no_code, Errc::invalid, "No QR code was found in ",
        ": photograph it from nearer, straight, and whole, or take a screenshot.", Advice::other_ways},
    Row{Refusal::not_text, Errc::invalid, "The QR code in ",
        " holds no text: it is not one for an authenticator app.", Advice::none},
    Row{Refusal::in_parts, Errc::unsupported, "The QR code in ", " is one part of a text in several codes.",
        Advice::other_ways},
    Row{Refusal::too_many_codes, Errc::too_large, "",
        " has more than 64 QR codes, or what looks like them: cut it down to the one that is wanted.",
        Advice::other_ways},
    Row{Refusal::no_memory, Errc::no_space, "There is not enough memory to read ",
        ": cut it down to the QR code.", Advice::other_ways},
    Row{Refusal::not_confined, Errc::unsupported,
        "This system does not let the QR reader be locked up (seccomp), and without that it reads nothing, nor ",
        ".", Advice::other_ways},
};
static_assert(qr_reader::most_codes == 64);

// too_large has its bound in it. A refusal that nobody is told about is a build error.
static_assert([] {
    for (auto why = std::to_underlying(Refusal::not_a_picture);
         why <= std::to_underlying(qr_reader::last_refusal); ++why) {
        const auto told = std::ranges::count(forms, Refusal{why}, &Form::why) +
                          std::ranges::count(rows, Refusal{why}, &Row::why) +
                          (Refusal{why} == Refusal::too_large ? 1 : 0);
        if (told != 1) return false;
    }
    return true;
}());

std::string with_advice(std::string sentence, Advice advice) {
    return advice == Advice::none ? sentence : std::move(sentence) + " " + other_ways_than_a_picture;
}

std::unexpected<Error> too_large(const Picture& picture) {
    const std::size_t bound = picture.most_bytes;
    return fail(Errc::too_large, picture.name + " is too large: a picture may have at most " +
                                     (bound % mebibyte == 0 ? std::to_string(bound / mebibyte) + " MiB."
                                                            : std::to_string(bound) + " bytes."));
}

}  // namespace

std::unexpected<Error> refused(Refusal why, const Picture& picture) {
    if (const auto* const form = std::ranges::find(forms, why, &Form::why); form != forms.end()) {
        return fail(Errc::invalid, with_advice(picture.name + " is " + form->kind +
                                                   ", and only PNG and JPEG are read: save it as PNG, or "
                                                   "open it and take a screenshot of the QR code.",
                                               Advice::other_ways));
    }
    const auto* const row = std::ranges::find(rows, why, &Row::why);
    if (row == rows.end()) return too_large(picture);
    return fail(row->code, with_advice(row->before + picture.name + row->behind, row->advice));
}

std::unexpected<Error> takes_too_long(const Picture& picture) {
    return fail(Errc::timed_out,
                with_advice(picture.name + " takes too long to read: cut it down to the QR code.",
                            Advice::other_ways));
}

}  // namespace secondstep::tool
