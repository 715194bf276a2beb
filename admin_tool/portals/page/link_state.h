#pragma once

#include <chrono>

namespace secondstep::page {

// What a link is still good for: a pure state machine that is told the time. Opening the page changes
// nothing, however often: programs that show previews of messages open links too. Only an accepted picture
// uses it up.
class LinkState {
  public:
    using Time = std::chrono::steady_clock::time_point;
    enum class State {
        open,
        judging,    // a picture that came in time is being looked at; the next one has to wait
        used,       // one was accepted
        exhausted,  // too many were not
        expired,
        closed,  // nobody waits for a picture any more
    };
    static constexpr unsigned most_failures = 10;

    explicit LinkState(Time end) : end_(end) {}

    [[nodiscard]] State state(Time now) const;
    [[nodiscard]] std::chrono::seconds left(Time now) const;  // rounded up; 0 when it is over

    void begin_judging();  // from `open` only
    void accept();         // the one that is being judged
    void refuse();         // the one that is being judged; it counts
    void count_failure();  // an upload that was not worth looking at
    void close(Time now);  // only what still takes pictures; an end that was reached before stays

  private:
    Time end_;
    unsigned failures_ = 0;
    State state_ = State::open;
};

}  // namespace secondstep::page
