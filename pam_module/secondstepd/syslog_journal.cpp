#include "secondstepd/syslog_journal.h"

#include <utility>

namespace secondstep::service {

namespace {

LogChannel::Level level_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::accepted:
        case Verdict::not_needed:
            return LogChannel::Level::info;
        case Verdict::refused:
        case Verdict::cancelled:
            return LogChannel::Level::notice;
        case Verdict::unavailable:
        case Verdict::not_allowed:
        case Verdict::misconfigured:
            return LogChannel::Level::warning;
    }
    return LogChannel::Level::warning;
}

}  // namespace

SyslogJournal::SyslogJournal(LogChannel channel, std::size_t capacity)
    : capacity_(capacity), channel_(std::move(channel)) {}

void SyslogJournal::decided(const dialogue::Decision& decision) {
    push(level_of(decision.verdict), dialogue::to_line(decision));
}

void SyslogJournal::changed(const dialogue::ChangeEntry& entry) {
    push(LogChannel::Level::notice, dialogue::to_line(entry));
}

void SyslogJournal::warn(const std::string& sentence) {
    push(LogChannel::Level::warning, sentence);
}

void SyslogJournal::alert(const std::string& sentence) {
    push(LogChannel::Level::alert, sentence);
}

void SyslogJournal::warn_sparingly(const std::string& cause, const std::string& sentence) {
    if (said_.may_say(cause)) warn(sentence);
}

void SyslogJournal::inform(const std::string& sentence) {
    push(LogChannel::Level::info, sentence);
}

void SyslogJournal::push(LogChannel::Level level, std::string text) {
    const std::lock_guard lock(queue_mutex_);
    if (queue_.size() >= capacity_) {
        ++dropped_;
    } else {
        queue_.push_back({level, std::move(text)});
    }
    pending_ = true;
}

// Only the holder of channel_mutex_ takes lines out, and a deque that grows at its end leaves its front in
// place: the line may be read outside the queue's lock.
bool SyslogJournal::send_front() {
    const Line* line = nullptr;
    {
        const std::lock_guard lock(queue_mutex_);
        if (queue_.empty()) return false;
        line = &queue_.front();
    }
    if (!channel_.send(line->level, line->text)) return false;
    const std::lock_guard lock(queue_mutex_);
    queue_.pop_front();
    return true;
}

bool SyslogJournal::report_dropped() {
    std::size_t dropped = 0;
    {
        const std::lock_guard lock(queue_mutex_);
        if (!queue_.empty()) return true;
        dropped = std::exchange(dropped_, 0);
    }
    if (dropped == 0) return false;
    const std::string sentence =
        std::to_string(dropped) + " lines were not logged here: the system log did not take them in time.";
    if (channel_.send(LogChannel::Level::warning, sentence)) return false;
    const std::lock_guard lock(queue_mutex_);
    dropped_ += dropped;
    return true;
}

// With channel_mutex_ held. True: something is left.
bool SyslogJournal::send_all() {
    pending_ = false;
    try {
        while (send_front()) {
        }
        if (!report_dropped()) return false;
    } catch (...) {  // no memory
        pending_ = true;
        throw;
    }
    pending_ = true;
    return true;
}

bool SyslogJournal::flush() {
    while (pending_) {
        // Who holds the channel looks at `pending_` again after giving it back,
        // and finds this thread's lines.
        const std::unique_lock channel_lock(channel_mutex_, std::try_to_lock);
        if (!channel_lock.owns_lock()) return false;
        if (send_all()) return true;
    }
    return false;
}

void SyslogJournal::drain(std::chrono::milliseconds patience) {
    drain_channel(patience);
    flush();  // what came while this thread had the channel
}

// Waits for the channel: the thread that has it may be sending a line that was there before.
void SyslogJournal::drain_channel(std::chrono::milliseconds patience) {
    const auto end = std::chrono::steady_clock::now() + patience;
    const std::lock_guard channel_lock(channel_mutex_);
    while (send_all() && std::chrono::steady_clock::now() < end) {
        if (!channel_.wait_for_room(20)) return;
    }
}

}  // namespace secondstep::service
