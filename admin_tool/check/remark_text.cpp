#include "check/remark_text.h"

#include <string_view>

#include "base/text.h"

namespace secondstep::tool {

namespace {

constexpr std::size_t longest = 4096;

}  // namespace

std::string place_of(const Remark& remark) {
    return printable(remark.file, longest) + (remark.line == 0 ? "" : ":" + std::to_string(remark.line));
}

std::vector<std::string> lines_below(const Remark& remark) {
    std::vector<std::string> lines;
    if (!remark.now.empty()) lines.push_back("    now   " + printable(remark.now, longest));
    if (remark.mend.empty()) return lines;
    std::string label = "    mend  ";
    for (const std::string_view line : split(remark.mend, '\n')) {
        lines.push_back(label + printable(line, longest));
        label = "          ";
    }
    return lines;
}

}  // namespace secondstep::tool
