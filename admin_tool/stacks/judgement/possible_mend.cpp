#include "stacks/judgement/possible_mend.h"

#include <algorithm>

#include "stacks/pam_word.h"

namespace secondstep::tool {

bool touch_each_other(const PossibleMend& one, const PossibleMend& other) {
    return std::ranges::any_of(one.edits, [&other](const Edit& edit) {
        return std::ranges::any_of(other.edits, [&edit](const Edit& second) {
            return edit.file == second.file && edit.first <= second.last && second.first <= edit.last;
        });
    });
}

PossibleMend both(const PossibleMend& one, const PossibleMend& other) {
    PossibleMend together = one;
    together.edits.insert(together.edits.end(), other.edits.begin(), other.edits.end());
    together.words += "; and " + other.words;
    return together;
}

Edit LineChange::edit(Edit::Kind kind, std::vector<std::string> lines) const {
    return {.kind = kind,
            .file = line_.file,
            .first = line_.line,
            .last = line_.last_line,
            .lines = std::move(lines)};
}

bool LineChange::is_there() const {
    return line_.file == at_.file && line_.line == at_.line;
}

std::string LineChange::place() const {
    return line_.file + ":" + std::to_string(line_.line);
}

PossibleMend LineChange::text(const std::string& text) const {
    return {{edit(Edit::Kind::replace, {text})}, is_there() ? text : text + " (" + place() + ")"};
}

PossibleMend LineChange::control(const std::string& control) const {
    return text(with_control(line_, control));
}

PossibleMend LineChange::removal() const {
    return {{edit(Edit::Kind::remove, {})}, is_there() ? "take this line out" : "take out " + place()};
}

PossibleMend LineChange::followed_by(const std::string& text) const {
    return {{edit(Edit::Kind::insert_after, {text})},
            text + ", after " + (is_there() ? "this line" : place())};
}

PossibleMend LineChange::preceded_by(const std::string& text) const {
    return {{edit(Edit::Kind::insert_before, {text})},
            text + ", before " + (is_there() ? "this line" : place())};
}

std::string control_of(const StackLine& line) {
    const std::vector<PamWord> words = pam_words(line.text);
    return words.size() < 2 ? "" : words[1].written;
}

std::string with_control(const StackLine& line, const std::string& control) {
    std::vector<PamWord> words = pam_words(line.text);
    if (words.size() < 2) return line.text;
    words[1] = {.value = control, .written = control};
    return written(words);
}

}  // namespace secondstep::tool
