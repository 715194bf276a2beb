#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace secondstep::messages {

// Words in lines of at most 72 columns, each after `indent`; words that are longer are cut.
// What an administrator or a program wrote is shown as words: control characters are gone,
// whatever file they came from.
[[nodiscard]] std::string paragraph(std::string_view text, std::string_view indent = "");

// A title, and paragraphs numbered from 1.
class Numbered {
  public:
    explicit Numbered(std::string_view title) : text_(title) {}
    void add(std::string_view words);
    [[nodiscard]] std::string finish() && { return std::move(text_); }

  private:
    std::string text_;
    unsigned number_ = 0;
};

}  // namespace secondstep::messages
