#include "dialogue/messages.h"

#include <vector>

#include "base/text.h"

namespace secondstep::messages {
namespace {

constexpr std::size_t columns = 72;
constexpr std::size_t few_codes = 3;

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

// What an administrator wrote is shown as words: no control characters, whatever file it came from.
std::string paragraph(std::string_view text, std::string_view indent = "") {
    Paragraph out(indent);
    const std::string clean = printable(text, 512);
    for (const std::string_view word : split(clean, ' '))
        out.add(word);
    return std::move(out).finish();
}

std::string administrator(std::string_view contact) {
    return contact.empty() ? "the administrator" : "the administrator (" + std::string(contact) + ")";
}

}  // namespace

std::string not_accepted() {
    return "\nNot accepted. Each code works once: wait for the next one. After\n"
           "several refusals wait up to an hour, or use a recovery code. ? = help";
}

std::string help(std::string_view contact) {
    return "\nHelp with the second step\n" +
           paragraph("- Enter the code that your authenticator app shows now.") + "\n" +
           paragraph(
               "- Each code works once: after a refusal wait for the next one. After several refusals wait "
               "up to an hour.") +
           "\n" + paragraph("- Codes are refused? Set the clock of your phone to automatic time.") + "\n" +
           paragraph(
               "- No phone here, or a new one? Enter a recovery code, such as 7K3M-9QXT-2HVB-W4ZD; each "
               "works once.") +
           "\n" + paragraph("- No recovery code either? Ask " + administrator(contact) + ".");
}

std::string recovery_code_accepted(std::size_t left, std::size_t total, std::string_view contact) {
    std::string text =
        "\nAccepted. " + std::to_string(left) + " recovery code" + (left == 1 ? "" : "s") + " left.";
    const bool low = left == 0 || (left <= few_codes && total > few_codes);
    if (!low) return text;
    return text + "\n" +
           paragraph("For new ones ask " + administrator(contact) + ": secondstep recovery-codes --renew");
}

}  // namespace secondstep::messages
