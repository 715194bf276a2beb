#include "secondstepd/journal_flusher.h"

#include <chrono>
#include <exception>

namespace secondstep::service {

namespace {

constexpr std::chrono::milliseconds pause_of_a_busy_log{100};

}  // namespace

void JournalFlusher::start(EventLoop& loop, const std::shared_ptr<JournalFlusher>& self) {
    const std::lock_guard lock(mutex_);
    place_ = EventLoop::Place(loop, self);
}

// What there is no memory for is written later, too: an event that is over must not fail for its lines.
void JournalFlusher::flush() noexcept {
    try {
        if (const auto when = callers_.tell_what_was_left_out()) again_at(*when);
        if (journal_.flush()) again_later();
    } catch (const std::exception&) {
        again_later();
    }
}

void JournalFlusher::again_later() noexcept {
    again_at(std::chrono::steady_clock::now() + pause_of_a_busy_log);
}

void JournalFlusher::again_at(EventLoop::Time time) noexcept {
    const std::lock_guard lock(mutex_);
    place_.set_time_if_earlier(time);
}

bool JournalFlusher::on_end() {
    const std::lock_guard lock(mutex_);
    place_.leave();
    return false;
}

}  // namespace secondstep::service
