#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>

// The log of this program: facility authpriv, or standard error where it was started in the foreground. A line has one
// line: control characters of whatever came from outside are gone.
namespace secondstep::relay::journal {

enum class To { log, standard_error };
// It waits for nobody: everybody's conversations run on the thread that writes. What is not taken at once is counted.
void open(To where, const std::string& socket = "/dev/log");

void inform(std::string_view sentence);
void warn(std::string_view sentence);

// Warnings that somebody outside can cause at will: of each subject (an address, a uid) five a minute, and of all
// together fifty; how many were left out is said afterwards.
class Sparing {
  public:
    using Time = std::chrono::steady_clock::time_point;
    // The sentence to write, if any.
    [[nodiscard]] std::string admit(const std::string& subject, std::string_view sentence, Time now);
    void warn(const std::string& subject, std::string_view sentence);
    // Whether a line of this subject would be left out.
    [[nodiscard]] bool is_full(const std::string& subject, Time now) const;

  private:
    Time begun_{};
    std::map<std::string, unsigned> said_;
    unsigned total_ = 0;
    unsigned left_out_ = 0;
};

}  // namespace secondstep::relay::journal
