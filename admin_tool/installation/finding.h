#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace secondstep::tool {

// One thing `doctor` looked at.
struct Finding {
    enum class Level { ok, warning, error };
    Level level;
    std::string subject;  // "clock", "host key" ...
    std::string text;
    std::string mend;  // what to do; empty for ok
};
[[nodiscard]] std::string_view to_text(Finding::Level level);
[[nodiscard]] Finding fine(std::string subject, std::string text);
[[nodiscard]] Finding warning(std::string subject, std::string text, std::string mend);
[[nodiscard]] Finding wrong(std::string subject, std::string text, std::string mend);

using Findings = std::vector<Finding>;

}  // namespace secondstep::tool
