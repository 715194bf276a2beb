#include "console/similar_word.h"

#include <algorithm>
#include <vector>

namespace secondstep::tool {

namespace {

constexpr std::size_t longest = 64;  // of what is compared; the work grows with its square

// Damerau's and Levenshtein's distance, in which no part is edited twice.
std::size_t distance(std::string_view one, std::string_view other) {
    std::vector<std::size_t> before_last(other.size() + 1);
    std::vector<std::size_t> last(other.size() + 1);
    std::vector<std::size_t> row(other.size() + 1);
    for (std::size_t j = 0; j <= other.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= one.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= other.size(); ++j) {
            const std::size_t changed = last[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
            row[j] = std::min({changed, last[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        std::swap(before_last, last);
        std::swap(last, row);
    }
    return last[other.size()];
}

std::optional<std::string> only_beginning(std::string_view typed, std::span<const std::string> known) {
    const auto begins = [typed](const std::string& word) { return word.starts_with(typed); };
    if (typed.size() < 2 || std::ranges::count_if(known, begins) != 1) return std::nullopt;
    return *std::ranges::find_if(known, begins);
}

}  // namespace

std::optional<std::string> similar_word(std::string_view typed, std::span<const std::string> known) {
    if (typed.size() > longest) return std::nullopt;
    std::size_t nearest =
        typed.size() >= 6 ? 3 : (typed.size() >= 3 ? 2 : 1);  // the first distance that is too far
    std::optional<std::string> found;
    for (const std::string& word : known) {
        if (const std::size_t away = distance(typed, word); away < nearest) {
            nearest = away;
            found = word;
        }
    }
    return found ? found : only_beginning(typed, known);
}

std::string did_you_mean(std::string_view typed, std::span<const std::string> known) {
    const auto word = similar_word(typed, known);
    return word ? "; did you mean \"" + *word + "\"?" : "";
}

}  // namespace secondstep::tool
