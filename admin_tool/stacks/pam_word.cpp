#include "stacks/pam_word.h"

#include <algorithm>

#include "base/text.h"

namespace secondstep::tool {

namespace {

constexpr std::string_view between_words{" \n\t"};

std::string with_single_blanks(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool blank = between_words.find(c) != std::string_view::npos;
        if (!blank || !out.ends_with(' ')) out += blank ? ' ' : c;
    }
    return out;
}

// "[a\]b] c" => "a]b"; `text` is what stands behind it then.
PamWord take_bracket(std::string_view& text) {
    std::string value;
    std::size_t end = 1;
    for (; end < text.size() && text[end] != ']'; ++end) {
        if (text[end] == '\\' && text.substr(end + 1).starts_with(']')) ++end;
        value += text[end];
    }
    end = std::min(end + 1, text.size());
    PamWord word{std::move(value), with_single_blanks(text.substr(0, end))};
    text.remove_prefix(end);
    return word;
}

PamWord take_word(std::string_view& text) {
    const std::string_view word = text.substr(0, text.find_first_of(between_words));
    text.remove_prefix(word.size());
    return {std::string(word), std::string(word)};
}

}  // namespace

std::vector<PamWord> pam_words(std::string_view line) {
    std::vector<PamWord> words;
    while (true) {
        line.remove_prefix(std::min(line.find_first_not_of(between_words), line.size()));
        if (line.empty()) return words;
        words.push_back(line.front() == '[' ? take_bracket(line) : take_word(line));
    }
}

std::string written(const std::vector<PamWord>& words) {
    std::string text;
    for (const PamWord& word : words)
        text += (text.empty() ? "" : " ") + word.written;
    return text;
}

bool is_word(std::string_view text, std::string_view lowercase) {
    return text.size() == lowercase.size() && begins_with(text, lowercase);
}

}  // namespace secondstep::tool
