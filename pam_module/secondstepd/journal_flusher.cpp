#include "secondstepd/journal_flusher.h"

#include <chrono>

namespace secondstep::service {

namespace {

constexpr std::chrono::milliseconds pause_of_a_busy_log{100};

}  // namespace

void JournalFlusher::start(EventLoop& loop, const std::shared_ptr<JournalFlusher>& self) {
    const std::lock_guard lock(mutex_);
    place_ = EventLoop::Place(loop, self);
}

void JournalFlusher::flush() {
    if (const auto when = callers_.tell_what_was_left_out()) again_at(*when);
    if (journal_.flush()) again_at(std::chrono::steady_clock::now() + pause_of_a_busy_log);
}

void JournalFlusher::again_at(EventLoop::Time time) {
    const std::lock_guard lock(mutex_);
    place_.set_time_if_earlier(time);
}

bool JournalFlusher::on_end() {
    const std::lock_guard lock(mutex_);
    place_.leave();
    return false;
}

}  // namespace secondstep::service
