#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/byte_codec.h"
#include "base/bytes.h"

// What secondstep-pskc-reader writes to its standard output, and secondstep reads there: a document of XML without
// anything that makes XML difficult.
//
//   4 bytes  "SPX1"
//   u8       0, or the number of a Refusal; with a refusal u32 follows, the line (0: none), and nothing else
//   each element, in document order, beginning with the root:
//     u16 length, name
//     u16 number of attributes; each u16 length, name, u32 length, value
//     u32 length, text: what stands in it, nothing of its children
//     u32 number of its child elements, which follow it
//
// Numbers are big-endian, texts UTF-8 without control characters but tab and line ends. What is of another vocabulary
// than the element it stands in is left out.
//
// The program that looks at a stranger's file is not trusted, and knows no password: what is encrypted in the file
// arrives encrypted. XmlDocument::decode() accepts this form and nothing else.
namespace secondstep::pskc_reader {

enum class Refusal : std::uint8_t {
    not_xml = 1,  // or not all of it
    has_doctype,
    too_large,  // over a bound that stands below
    no_memory,
    not_confined,  // the system did not let the program lock itself up, so it looked at nothing
};
inline constexpr Refusal last_refusal = Refusal::not_confined;

struct Refused {
    Refusal why;
    std::uint32_t line = 0;
};

inline constexpr std::uint32_t answer_form = 0x53505831;           // "SPX1"
inline constexpr std::size_t most_bytes = std::size_t{32} << 20U;  // of XML
inline constexpr std::size_t most_elements = 1'000'000;
inline constexpr std::size_t most_depth = 256;
inline constexpr std::size_t longest_answer = std::size_t{64} << 20U;

struct Attribute {
    std::string_view name;
    std::string_view value;
};

// The reader's side.
class AnswerWriter {
  public:
    AnswerWriter();
    // To be followed by its `children`. False: over a bound; the answer is Refusal::too_large then.
    [[nodiscard]] bool element(std::string_view name, const std::vector<Attribute>& attributes,
                               std::string_view text, std::uint32_t children);
    [[nodiscard]] Bytes take() && { return std::move(out_).take(); }

  private:
    void sized(std::string_view text);  // with u32 length

    ByteWriter out_;
    std::size_t elements_ = 0;
};
[[nodiscard]] Bytes encode(const Refused& refused);

}  // namespace secondstep::pskc_reader
