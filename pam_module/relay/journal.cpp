#include "relay/journal.h"

#include <syslog.h>

#include <cstdio>

#include "base/text.h"

namespace secondstep::relay::journal {
namespace {

constexpr std::size_t longest_line = 1024;
constexpr unsigned most_of_one = 5;
constexpr unsigned most_of_all = 50;
constexpr std::chrono::seconds stretch{60};

To destination = To::standard_error;  // set once, before the loop runs

void write(int priority, std::string_view sentence) {
    const std::string line = printable(sentence, longest_line);
    if (destination == To::log) return ::syslog(priority, "%s", line.c_str());
    std::fprintf(stderr, "secondstep-relay: %s\n", line.c_str());
}

}  // namespace

void open(To where) {
    destination = where;
    if (where == To::log) ::openlog("secondstep-relay", LOG_PID, LOG_AUTHPRIV);
}

void inform(std::string_view sentence) {
    write(LOG_INFO, sentence);
}

void warn(std::string_view sentence) {
    write(LOG_WARNING, sentence);
}

std::string Sparing::admit(const std::string& subject, std::string_view sentence, Time now) {
    std::string before;
    if (now - begun_ >= stretch) {
        if (left_out_ > 0) before = "(" + std::to_string(left_out_) + " such lines were left out.) ";
        begun_ = now;
        said_.clear();
        total_ = left_out_ = 0;
    }
    if (total_ >= most_of_all || ++said_[subject] > most_of_one) {
        ++left_out_;
        return {};
    }
    ++total_;
    return before + std::string(sentence);
}

void Sparing::warn(const std::string& subject, std::string_view sentence) {
    const std::string line = admit(subject, sentence, std::chrono::steady_clock::now());
    if (!line.empty()) journal::warn(line);
}

}  // namespace secondstep::relay::journal
