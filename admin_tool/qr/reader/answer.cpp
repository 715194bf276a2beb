#include "qr/reader/answer.h"

#include <string_view>
#include <utility>

#include "base/byte_codec.h"
#include "base/text.h"

namespace secondstep::qr_reader {

namespace {

constexpr std::uint32_t form = 0x53515231;  // "SQR1"
constexpr std::uint8_t found = 0;

bool is_refusal(std::uint8_t number) {
    return number >= std::to_underlying(Refusal::not_a_picture) && number <= std::to_underlying(last_refusal);
}

std::optional<Answer> decode_contents(ByteReader& in) {
    const std::size_t count = in.u8();
    if (count == 0 || count > most_codes) return std::nullopt;
    Contents contents;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string_view text = in.sized(longest_content);
        if (text.empty() || !is_valid_utf8(text)) return std::nullopt;
        contents.push_back(Secret::copy_of(text));
    }
    if (!in.finished()) return std::nullopt;
    return contents;
}

}  // namespace

Bytes encode(const Answer& answer) {
    ByteWriter out;
    out.u32(form);
    out.u8(answer ? found : std::to_underlying(answer.error()));
    if (answer) {
        out.u8(static_cast<std::uint8_t>(answer->size()));
        for (const Secret& content : *answer)
            out.sized(content.text());
    }
    return std::move(out).take();
}

std::optional<Answer> decode(ByteView bytes) {
    ByteReader in(bytes);
    if (in.u32() != form) return std::nullopt;
    const std::uint8_t status = in.u8();
    if (!in.ok()) return std::nullopt;
    if (status == found) return decode_contents(in);
    if (!is_refusal(status) || !in.finished()) return std::nullopt;
    return std::unexpected(static_cast<Refusal>(status));
}

}  // namespace secondstep::qr_reader
