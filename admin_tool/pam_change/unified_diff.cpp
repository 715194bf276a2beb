#include "pam_change/unified_diff.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace secondstep::tool {

namespace {

constexpr std::size_t around = 3;

struct Line {
    char sign;  // ' ', '-', '+'
    std::string_view text;
};

struct Place {
    std::size_t before = 0;
    std::size_t after = 0;
};

std::vector<std::string_view> lines_of(const std::optional<std::string>& text) {
    if (!text || text->empty()) return {};
    std::string_view whole = *text;
    if (whole.ends_with('\n')) whole.remove_suffix(1);
    return split(whole, '\n');
}

// Longest common subsequence: length[i][j] of what stands behind i and j.
std::vector<Line> compared(const std::vector<std::string_view>& before,
                           const std::vector<std::string_view>& after) {
    std::vector<std::vector<std::size_t>> length(before.size() + 1,
                                                 std::vector<std::size_t>(after.size() + 1));
    for (std::size_t i = before.size(); i-- > 0;)
        for (std::size_t j = after.size(); j-- > 0;)
            length[i][j] = before[i] == after[j] ? length[i + 1][j + 1] + 1
                                                 : std::max(length[i + 1][j], length[i][j + 1]);
    std::vector<Line> out;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < before.size() || j < after.size()) {
        if (i < before.size() && j < after.size() && before[i] == after[j]) {
            out.push_back({' ', before[i]});
            ++i;
            ++j;
        } else if (j == after.size() || (i < before.size() && length[i + 1][j] >= length[i][j + 1])) {
            out.push_back({'-', before[i++]});
        } else {
            out.push_back({'+', after[j++]});
        }
    }
    return out;
}

std::string range(std::size_t first, std::size_t count) {
    const std::string start = std::to_string(count == 0 ? first : first + 1);
    return count == 1 ? start : start + "," + std::to_string(count);
}

// One hunk: [begin, end) of the lines, which begins at `place` of both texts. `place` is moved behind it.
std::string hunk(const std::vector<Line>& lines, std::size_t begin, std::size_t end, Place& place) {
    std::string body;
    Place count;
    for (std::size_t i = begin; i < end; ++i) {
        count.before += lines[i].sign != '+' ? 1 : 0;
        count.after += lines[i].sign != '-' ? 1 : 0;
        body += lines[i].sign + std::string(lines[i].text) + "\n";
    }
    const std::string head =
        "@@ -" + range(place.before, count.before) + " +" + range(place.after, count.after) + " @@\n";
    place = {place.before + count.before, place.after + count.after};
    return head + body;
}

// Up to where the hunk that has its first change at `change` goes: further changes that are near belong to it.
std::size_t end_of_hunk(const std::vector<Line>& lines, std::size_t change) {
    std::size_t last = change;
    for (std::size_t i = change; i < lines.size() && i <= last + 2 * around; ++i)
        if (lines[i].sign != ' ') last = i;
    return std::min(last + around + 1, lines.size());
}

}  // namespace

std::string unified_diff(const std::string& path, const std::optional<std::string>& before,
                         const std::optional<std::string>& after) {
    if (before == after) return "";
    const auto old_lines = lines_of(before);
    const auto new_lines = lines_of(after);
    const std::vector<Line> lines = compared(old_lines, new_lines);
    std::string out = "--- " + (before ? path : "/dev/null") + "\n+++ " + (after ? path : "/dev/null") + "\n";
    Place place;
    for (std::size_t i = 0; i < lines.size();) {
        const auto change = static_cast<std::size_t>(
            std::ranges::find_if(lines.begin() + static_cast<std::ptrdiff_t>(i), lines.end(),
                                 [](const Line& line) { return line.sign != ' '; }) -
            lines.begin());
        if (change == lines.size()) break;
        const std::size_t begin = std::max(i, change < around ? 0 : change - around);
        place = {place.before + begin - i, place.after + begin - i};
        i = end_of_hunk(lines, change);
        out += hunk(lines, begin, i, place);
    }
    return out;
}

}  // namespace secondstep::tool
