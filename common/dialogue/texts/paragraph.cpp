#include "dialogue/texts/paragraph.h"

#include "base/character_width.h"
#include "base/text.h"

namespace secondstep::messages {
namespace {

constexpr std::size_t columns = 72;

// The bytes of the longest beginning of `word` that fits into `width` columns, at least one character.
std::size_t fitting(std::string_view word, std::size_t width) {
    std::size_t end = 0;
    std::size_t next = 0;
    while (next < word.size()) {
        ++next;
        while (next < word.size() && (static_cast<unsigned char>(word[next]) & 0xc0U) == 0x80)
            ++next;
        if (end != 0 && display_width(word.substr(0, next)) > width) break;
        end = next;
    }
    return end;
}

// Words into lines of at most 72 columns, each line after `indent`; words that are longer are cut.
class Paragraph {
  public:
    explicit Paragraph(std::string_view indent) : indent_(indent), line_(indent) {}

    void add(std::string_view word) {
        while (display_width(word) > columns - indent_.size()) {
            const std::size_t end = fitting(word, columns - indent_.size());
            append(word.substr(0, end));
            word.remove_prefix(end);
        }
        append(word);
    }
    std::string finish() && { return text_ + line_; }

  private:
    void append(std::string_view word) {
        if (word.empty()) return;
        const bool first = line_.size() == indent_.size();
        if (!first && display_width(line_) + 1 + display_width(word) > columns) {
            text_ += line_ + '\n';
            line_ = indent_;
        } else if (!first) {
            line_ += ' ';
        }
        line_ += word;
    }

    std::string indent_;
    std::string text_;
    std::string line_;
};

}  // namespace

std::string paragraph(std::string_view text, std::string_view indent) {
    Paragraph out(indent);
    const std::string clean = printable(text, 512);
    for (const std::string_view word : split(clean, ' '))
        out.add(word);
    return std::move(out).finish();
}

void Numbered::add(std::string_view words) {
    const std::string lines = paragraph(words, "     ");
    text_ += "\n  " + std::to_string(++number_) + ")" + lines.substr(4);
}

}  // namespace secondstep::messages
