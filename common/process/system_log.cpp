#include "process/system_log.h"

#include <string>

namespace secondstep::process {

void SystemLog::write(LogChannel::Level level, std::string_view line) {
    if (!say_how_many() || !send(level, line)) ++left_out_;
}

bool SystemLog::say_how_many() {
    if (left_out_ == 0) return true;
    const bool said = send(
        LogChannel::Level::warning,
        std::to_string(left_out_) + " lines were not logged here: the system log did not take them in time.");
    if (said) left_out_ = 0;
    return said;
}

bool SystemLog::send(LogChannel::Level level, std::string_view line) {
    if (channel_.send(level, line)) return true;
    if (patience_.count() == 0) return false;
    return channel_.wait_for_room(static_cast<int>(patience_.count())) && channel_.send(level, line);
}

}  // namespace secondstep::process
