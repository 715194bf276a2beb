#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>

#include "base/error.h"
#include "relay/line.h"

namespace secondstep::dialogue {

// How a line to the fleet is had: line_to_the_relay(), or a test's.
using OpenLine = std::function<Result<std::unique_ptr<relay::Line>>(relay::Line::Time until)>;

// The relay beside this service, as all conversations find it. A node that takes its time is no relay that hangs: the
// relay itself is asked, with a question that it answers alone, and answers also when it has no room for a conversation.
// So whoever makes it busy does not make it away. Thread-safe; blocks.
class OwnRelay {
  public:
    using Time = relay::Line::Time;
    explicit OwnRelay(
        OpenLine open_line, std::function<Time()> now = [] { return std::chrono::steady_clock::now(); })
        : open_line_(std::move(open_line)), now_(std::move(now)) {}

    // Errors: as of line_to_the_relay().
    [[nodiscard]] Result<std::unique_ptr<relay::Line>> open(Time until) const { return open_line_(until); }
    [[nodiscard]] Time now() const { return now_(); }

    // Asks it. What listens there and is not to be trusted, or no file descriptor that is left, is not its absence.
    [[nodiscard]] bool is_away(Time until);
    // It was, when it was asked last.
    [[nodiscard]] bool was_away() const { return away_; }

    // While a package is upgraded a service may be of this version and its relay still of the one before. That one hangs up,
    // without a word, on an answer that says for how long it is waited for: for some minutes none says so.
    [[nodiscard]] bool hears_of_time_left() const { return now() >= hears_again_.load(); }
    void hung_up_on_time_left() { hears_again_ = now() + before_it_is_told_again; }
    static constexpr std::chrono::minutes before_it_is_told_again{5};

  private:
    [[nodiscard]] Result<void> ask(Time until) const;

    const OpenLine open_line_;
    const std::function<Time()> now_;
    std::atomic<bool> away_ = false;
    std::atomic<Time> hears_again_ = Time::min();
};

}  // namespace secondstep::dialogue
