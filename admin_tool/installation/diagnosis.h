#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace secondstep::tool {

// One thing `doctor` looked at.
struct Diagnosis {
    enum class Level { ok, warning, error };
    Level level;
    std::string subject;  // "clock", "host key" ...
    std::string text;
    std::string mend;  // what to do; empty for ok
};
[[nodiscard]] std::string_view to_text(Diagnosis::Level level);
[[nodiscard]] Diagnosis fine(std::string subject, std::string text);
[[nodiscard]] Diagnosis warning(std::string subject, std::string text, std::string mend);
[[nodiscard]] Diagnosis wrong(std::string subject, std::string text, std::string mend);
// Of a file whose error says itself what to do, and then that is what to do:
//   "/etc/x: has mode 0644; mend with: chmod 0600" => "/etc/x: has mode 0644", "chmod 0600 /etc/x"
// `folder`: where a file lies whose error names it without one.
[[nodiscard]] Diagnosis wrong_file(std::string subject, std::string_view detail, std::string mend,
                                   const std::string& folder = "");

using Diagnoses = std::vector<Diagnosis>;

}  // namespace secondstep::tool
