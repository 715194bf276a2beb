#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace secondstep::tool {

// One thing check-config has to say about a line, a file, or a setting that is not there.
struct Remark {
    enum class Level : std::uint8_t { warning, error };
    Level level = Level::error;
    std::string file;
    unsigned line = 0;  // 0: about the file as a whole
    std::string text;
    std::string now;   // the line as it stands; may be empty
    std::string mend;  // what to write instead or besides; may be empty
    friend bool operator==(const Remark&, const Remark&) = default;
};

using Remarks = std::vector<Remark>;

}  // namespace secondstep::tool
