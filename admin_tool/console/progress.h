#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "console/output.h"
#include "console/terminal.h"

namespace secondstep::tool {

// One line that is redrawn: bar, numbers, rate, time left. Only on a terminal;
// nothing goes to a pipe or a file.
class Progress {
  public:
    // `total` 0: not known, then without bar and time left.
    Progress(Output& screen, std::uint64_t total);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();  // takes the line away

    void update(std::uint64_t done);  // draws at most ten times a second
    void clear();                     // before something else is printed

  private:
    [[nodiscard]] std::string text(std::uint64_t done, double seconds) const;
    Output& screen_;
    Terminal terminal_;
    std::uint64_t total_;
    std::chrono::steady_clock::time_point begun_;
    std::chrono::steady_clock::time_point drawn_{};
    bool visible_ = false;
};

}  // namespace secondstep::tool
