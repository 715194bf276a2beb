#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stacks/libpam_rules.h"

namespace secondstep::tool {

// A line of a PAM file as libpam sees it: continued lines in one piece, without comment.
struct LogicalLine {
    unsigned first = 0;  // the lines of the file that it stands on
    unsigned last = 0;
    std::string text;
    bool is_rest = false;  // of a line too long for this libpam, which takes it for a line of its own
    bool has_nul = false;  // what stands behind a NUL byte is not seen
};

struct LogicalLines {
    enum class End : std::uint8_t {
        whole,
        incomplete,  // the last line is continued, and nothing follows: libpam gives the file up
        endless,     // a continued line leaves no room in the buffer: before 1.6.0 libpam reads it for ever
    };
    std::vector<LogicalLine> lines;  // all before the end
    End end = End::whole;
    unsigned end_line = 0;  // where a file begins to be incomplete or endless
};

// "auth required \" and "pam_x.so # why" => one line "auth required  pam_x.so ".
[[nodiscard]] LogicalLines logical_lines(std::string_view file, const LibpamRules& rules);

}  // namespace secondstep::tool
