#pragma once

#include <string>
#include <vector>

namespace secondstep::testing {

// While one of these lives, what this program or its libraries hand to syslog(3) is kept here and goes
// nowhere else; a test program that links captured_syslog.cpp never writes to the machine's log.
class CapturedSyslog {
  public:
    struct Line {
        int priority;
        std::string text;
    };

    CapturedSyslog();
    CapturedSyslog(const CapturedSyslog&) = delete;
    CapturedSyslog& operator=(const CapturedSyslog&) = delete;
    ~CapturedSyslog();

    [[nodiscard]] std::vector<Line> lines() const;
    // All of them, each ended by '\n'.
    [[nodiscard]] std::string text() const;
};

}  // namespace secondstep::testing
