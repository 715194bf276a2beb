#include "pam_change/service_text.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "base/text.h"

namespace secondstep::tool {

namespace {

std::string_view without_comment(std::string_view line) {
    line = line.substr(0, line.find('#'));
    return trimmed(line.substr(0, line.find('\r')));
}

// The next word; what stands in brackets is one. It is taken off `text`.
std::string next_word(std::string_view& text) {
    text = trimmed(text);
    std::size_t end = text.find_first_of(" \t");
    if (text.starts_with('[')) {
        end = text.find(']');
        while (end != std::string_view::npos && text[end - 1] == '\\')
            end = text.find(']', end + 1);
        if (end != std::string_view::npos) ++end;
    }
    const std::string word(text.substr(0, end));
    text.remove_prefix(std::min(word.size(), text.size()));
    return word;
}

std::optional<Facility> facility_named(std::string_view word) {
    if (word.starts_with('-')) word.remove_prefix(1);
    constexpr std::array<std::pair<std::string_view, Facility>, 4> names{{{"auth", Facility::auth},
                                                                          {"account", Facility::account},
                                                                          {"password", Facility::password},
                                                                          {"session", Facility::session}}};
    const std::string lower = lowercase_ascii(word);
    const auto* const found = std::ranges::find(names, lower, [](const auto& name) { return name.first; });
    return found == names.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

ServiceText::ServiceText(std::string_view text) : ends_with_newline_(text.empty() || text.ends_with('\n')) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (!text.empty() || !ends_with_newline_)
        for (const std::string_view line : split(text, '\n'))
            lines_.emplace_back(line);
    std::string open;  // what a statement has so far
    std::size_t first = 0;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        std::string_view part = without_comment(lines_[i]);
        if (open.empty()) first = i;
        const bool goes_on = part.ends_with('\\') || (part.empty() && !open.empty());
        if (part.ends_with('\\')) part.remove_suffix(1);
        open += (open.empty() ? "" : " ") + std::string(part);
        if (goes_on) continue;
        take_statement(open, first, i);
        open.clear();
    }
}

void ServiceText::take_statement(std::string_view text, std::size_t first, std::size_t last) {
    const std::string word = next_word(text);
    if (word.empty()) return;
    Statement out;
    out.first = first;
    out.last = last;
    if (lowercase_ascii(word) == "@include") {
        out.kind = Statement::Kind::at_include;
        out.target = next_word(text);
        return statements_.push_back(std::move(out));
    }
    out.facility = facility_named(word);
    if (!out.facility) return;
    out.control = next_word(text);
    out.target = next_word(text);
    const std::string control = lowercase_ascii(out.control);
    if (control == "include") out.kind = Statement::Kind::include;
    if (control == "substack") out.kind = Statement::Kind::substack;
    statements_.push_back(std::move(out));
}

std::string ServiceText::with(std::vector<TextChange> changes) const {
    // From the end, so that the numbers of the others stay right; of two at one place the first comes first.
    std::vector<std::pair<std::size_t, std::size_t>> order;
    for (std::size_t i = 0; i < changes.size(); ++i)
        order.emplace_back(changes[i].first, i);
    std::ranges::sort(order, std::ranges::greater());
    std::vector<std::string> lines = lines_;
    for (const auto& [first, index] : order) {
        const TextChange& change = changes[index];
        const auto at = lines.begin() + static_cast<std::ptrdiff_t>(change.first);
        const auto after = lines.erase(at, at + static_cast<std::ptrdiff_t>(change.removed));
        lines.insert(after, change.added.begin(), change.added.end());
    }
    std::string text;
    for (std::size_t i = 0; i < lines.size(); ++i)
        text += (i == 0 ? "" : "\n") + lines[i];
    return ends_with_newline_ && !lines.empty() ? text + "\n" : text;
}

bool is_second_step(const Statement& statement) {
    if (statement.kind != Statement::Kind::module) return false;
    std::string_view name = statement.target;
    name = name.substr(name.rfind('/') + 1);
    return name == "pam_secondstep.so" || name == "pam_secondstep";
}

}  // namespace secondstep::tool
