#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace secondstep::tool {

// A word of a PAM line: "[success=ok  default=\]x]" is written so, and libpam makes "success=ok  default=]x" of it.
struct PamWord {
    std::string value;
    std::string written;  // in brackets if they are there; one blank for each run of them
};

// Blanks, tabs and ends of lines stand between words, and nothing else: a carriage return is a part of one. What
// follows a closing bracket at once is the next word; an opening bracket that is not closed holds all the rest.
[[nodiscard]] std::vector<PamWord> pam_words(std::string_view line);

// "a", "[b  c]" => "a [b c]"
[[nodiscard]] std::string written(const std::vector<PamWord>& words);

// strcasecmp(3) of the C locale.
[[nodiscard]] bool is_word(std::string_view text, std::string_view lowercase);

}  // namespace secondstep::tool
