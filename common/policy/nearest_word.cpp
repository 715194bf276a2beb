#include "policy/nearest_word.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace secondstep {
namespace {

constexpr std::size_t most_changes = 2;

// Letters put in, left out, or replaced (Levenshtein); nothing longer than our own words is worth the table.
std::size_t changes_between(std::string_view one, std::string_view other) {
    std::vector<std::size_t> row(other.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= one.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j < row.size(); ++j) {
            const std::size_t replaced = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
            diagonal = std::exchange(row[j], std::min({replaced, row[j] + 1, row[j - 1] + 1}));
        }
    }
    return row.back();
}

}  // namespace

std::string did_you_mean(std::string_view written, std::span<const std::string_view> known) {
    std::string_view best;
    std::size_t fewest = most_changes + 1;
    for (const std::string_view word : known) {
        if (written.size() > word.size() + most_changes) continue;
        const std::size_t changes = changes_between(written, word);
        if (changes >= fewest || 2 * changes >= word.size()) continue;
        fewest = changes;
        best = word;
    }
    return best.empty() ? "" : "; did you mean '" + std::string(best) + "'?";
}

}  // namespace secondstep
