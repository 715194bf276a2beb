#include "migration/pskc_reader/answer.h"

#include <limits>
#include <utility>

#include "base/text.h"

namespace secondstep::pskc_reader {

namespace {

constexpr std::size_t longest_name = std::numeric_limits<std::uint16_t>::max();

}  // namespace

AnswerWriter::AnswerWriter() {
    out_.u32(answer_form);
    out_.u8(0);
}

void AnswerWriter::sized(std::string_view text) {
    out_.u32(static_cast<std::uint32_t>(text.size()));
    out_.raw(as_bytes(text));
}

bool AnswerWriter::element(std::string_view name, const std::vector<Attribute>& attributes,
                           std::string_view text, std::uint32_t children) {
    if (++elements_ > most_elements || name.size() > longest_name || attributes.size() > longest_name)
        return false;
    out_.sized(name);
    out_.u16(static_cast<std::uint16_t>(attributes.size()));
    for (const Attribute& one : attributes) {
        if (one.name.size() > longest_name) return false;
        out_.sized(one.name);
        sized(one.value);
    }
    sized(text);
    out_.u32(children);
    return out_.size() <= longest_answer;
}

Bytes encode(const Refused& refused) {
    ByteWriter out;
    out.u32(answer_form);
    out.u8(std::to_underlying(refused.why));
    out.u32(refused.line);
    return std::move(out).take();
}

}  // namespace secondstep::pskc_reader
