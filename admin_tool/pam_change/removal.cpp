#include "pam_change/removal.h"

#include <algorithm>

#include "pam_change/addition.h"

namespace secondstep::tool {

namespace {

// The block that begins at this line, with its old lines in its place. Errors: invalid (it does not end).
Result<TextChange> old_lines_of_block(const ServiceText& text, std::size_t begin) {
    TextChange change{.first = begin, .removed = 0, .added = {}};
    for (std::size_t i = begin; i < text.lines().size(); ++i) {
        const std::string& line = text.lines()[i];
        if (line.starts_with(block_was)) change.added.push_back(line.substr(block_was.size()));
        if (line != block_end) continue;
        change.removed = i - begin + 1;
        if (!change.added.empty()) return change;
        break;
    }
    return fail(Errc::invalid, "line " + std::to_string(begin + 1) +
                                   ": the lines that `pam add` wrote from here on are not whole any more");
}

// "[success=2 default=ignore]" has a jump.
bool jumps(const Statement& statement) {
    if (!statement.control.starts_with('[')) return false;
    const std::string& control = statement.control;
    for (std::size_t at = control.find('='); at != std::string::npos; at = control.find('=', at + 1))
        if (at + 1 < control.size() && control[at + 1] >= '1' && control[at + 1] <= '9') return true;
    return false;
}

// Somebody has counted this line: without it they would land elsewhere.
const Statement* jump_before(const ServiceText& text, const Statement& removed) {
    for (const Statement& each : text.statements())
        if (each.first < removed.first && each.facility == removed.facility && jumps(each)) return &each;
    return nullptr;
}

bool is_within(const std::vector<TextChange>& changes, std::size_t line) {
    return std::ranges::any_of(changes, [line](const TextChange& change) {
        return line >= change.first && line < change.first + change.removed;
    });
}

}  // namespace

Result<std::string> without_second_step(const ServiceText& text) {
    std::vector<TextChange> changes;
    for (std::size_t i = 0; i < text.lines().size(); ++i) {
        if (!text.lines()[i].starts_with(block_begin)) continue;
        auto change = old_lines_of_block(text, i);
        if (!change) return std::unexpected(change.error());
        changes.push_back(std::move(*change));
    }
    for (const Statement& each : text.statements()) {
        if (!is_second_step(each) || is_within(changes, each.first)) continue;
        const Statement* jump = jump_before(text, each);
        if (jump != nullptr)
            return fail(Errc::invalid, "line " + std::to_string(jump->first + 1) +
                                           " jumps, and may count line " + std::to_string(each.first + 1) +
                                           " among those that it leaves out: take both out by hand");
        changes.push_back({each.first, each.last - each.first + 1, {}});
    }
    if (changes.empty()) return fail(Errc::not_found, "nothing here names pam_secondstep.so");
    return text.with(std::move(changes));
}

bool stands_for_a_password(const ServiceText& text) {
    return std::ranges::any_of(text.lines(), [](const std::string& line) {
        return line.starts_with(block_begin) && line.ends_with(key_and_code_mark);
    });
}

}  // namespace secondstep::tool
