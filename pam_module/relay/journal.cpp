#include "relay/journal.h"

#include <unistd.h>

#include "base/text.h"
#include "process/system_log.h"

namespace secondstep::relay::journal {
namespace {

constexpr std::size_t longest_line = 1024;
constexpr unsigned most_of_one = 5;
constexpr unsigned most_of_all = 50;
constexpr std::chrono::seconds stretch{60};

constexpr const char* program = "secondstep-relay";

using process::LogChannel;

// Opened once, before the loop runs.
process::SystemLog& log() {
    static process::SystemLog opened(LogChannel::descriptor(STDERR_FILENO, program));
    return opened;
}

void write(LogChannel::Level level, std::string_view sentence) {
    log().write(level, printable(sentence, longest_line));
}

}  // namespace

void open(To where, const std::string& socket) {
    log() = process::SystemLog(where == To::log ? LogChannel::syslog(socket, program)
                                                : LogChannel::descriptor(STDERR_FILENO, program));
}

void inform(std::string_view sentence) {
    write(LogChannel::Level::info, sentence);
}

void warn(std::string_view sentence) {
    write(LogChannel::Level::warning, sentence);
}

std::string Sparing::admit(const std::string& subject, std::string_view sentence, Time now) {
    std::string before;
    if (now - begun_ >= stretch) {
        if (left_out_ == 1) before = "(Another such line was left out.) ";
        if (left_out_ > 1) before = "(" + std::to_string(left_out_) + " such lines were left out.) ";
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

bool Sparing::is_full(const std::string& subject, Time now) const {
    if (now - begun_ >= stretch) return false;
    const auto said = said_.find(subject);
    return total_ >= most_of_all || (said != said_.end() && said->second >= most_of_one);
}

void Sparing::warn(const std::string& subject, std::string_view sentence) {
    const std::string line = admit(subject, sentence, std::chrono::steady_clock::now());
    if (!line.empty()) journal::warn(line);
}

}  // namespace secondstep::relay::journal
