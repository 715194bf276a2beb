#include "qr/reader/reading.h"

#include <new>

#include "qr/reader/picture.h"
#include "qr/reader/qr_search.h"

namespace secondstep::qr_reader {

namespace {

// Under the limit of processor time, which would end the program without a word.
constexpr std::chrono::seconds patience{8};

Answer answer_of(const Found& found, bool damaged) {
    if (found.texts.size() > most_codes || (found.texts.empty() && found.crowded))
        return std::unexpected(Refusal::too_many_codes);
    Contents contents;
    for (const std::string& text : found.texts)
        contents.push_back(Secret::copy_of(text));
    if (!contents.empty()) return contents;
    if (found.in_parts) return std::unexpected(Refusal::in_parts);
    if (found.not_text) return std::unexpected(Refusal::not_text);
    return std::unexpected(damaged ? Refusal::damaged : Refusal::no_code);
}

Answer answer_before(ByteView bytes, Background background, bool& transparent) {
    const auto picture = decode_picture(bytes, background);
    if (!picture) return std::unexpected(picture.error());
    transparent = picture->transparent;
    return answer_of(find_qr_codes(*picture, patience), picture->damaged);
}

}  // namespace

Answer answer_to(ByteView bytes) try {
    bool transparent = false;
    Answer answer = answer_before(bytes, white, transparent);
    // Made for dark pages: white modules, and nothing behind them.
    if (!answer && answer.error() == Refusal::no_code && transparent) {
        answer = answer_before(bytes, black, transparent);
    }
    return answer;
} catch (const std::bad_alloc&) {
    return std::unexpected(Refusal::no_memory);
}

}  // namespace secondstep::qr_reader
