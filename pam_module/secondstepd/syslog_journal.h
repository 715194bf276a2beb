#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <mutex>
#include <string>

#include "dialogue/conversation/journal.h"
#include "process/log_channel.h"
#include "secondstepd/said_lately.h"

namespace secondstep::service {

using process::LogChannel;

// The journal of the service: a bounded queue that is emptied without blocking. decided() and warn() only put
// a line into it; flush() sends what can be sent now. A session flushes after it has sent its reply, so that
// nobody waits for the log. What does not fit is dropped, counted, and the count is logged. Thread-safe.
class SyslogJournal final : public dialogue::Journal {
  public:
    explicit SyslogJournal(LogChannel channel, std::size_t capacity = 4096);

    void decided(const dialogue::Decision& decision) override;
    void changed(const dialogue::ChangeEntry& entry) override;
    void warn(const std::string& sentence) override;
    void alert(const std::string& sentence) override;
    void warn_sparingly(const std::string& cause, const std::string& sentence) override;
    void inform(const std::string& sentence);

    // True: lines remain, because the log does not take them now; call again later.
    bool flush();
    // At the end of the process: flush, waiting for a slow log at most this long.
    void drain(std::chrono::milliseconds patience);

  private:
    struct Line {
        LogChannel::Level level;
        std::string text;
    };
    void push(LogChannel::Level level, std::string text);
    void drain_channel(std::chrono::milliseconds patience);
    [[nodiscard]] bool send_all();
    [[nodiscard]] bool send_front();
    [[nodiscard]] bool report_dropped();  // true: lines remain

    const std::size_t capacity_;
    SaidLately said_;
    std::atomic<bool> pending_{false};
    std::mutex queue_mutex_;
    std::deque<Line> queue_;
    std::size_t dropped_ = 0;
    std::mutex channel_mutex_;  // taken before queue_mutex_, never while it is held
    LogChannel channel_;
};

}  // namespace secondstep::service
