#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace secondstep::testing {

// Of an ASCII text that is printed as it stands, without being broken to a terminal's width: the lines of more than 80 columns.
inline std::string lines_too_long(std::string_view text) {
    constexpr std::size_t columns = 80;
    std::string found;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        if (line.size() > columns) found += std::string(line) + "\n";
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return found;
}

}  // namespace secondstep::testing
