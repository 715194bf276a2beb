#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>

#include "base/file.h"
#include "secondstepd/event_loop.h"

namespace secondstep::service {

// Who is told that the service lives, and how often it shows that it does.
struct LifeWatch {
    std::function<void()> feed = [] {};
    std::chrono::milliseconds every = std::chrono::seconds{10};
};

// Comes round in the event loop again and again: first by a descriptor, then by a time of the loop, so that a
// loop which has lost either of them falls silent; and only while none of its threads hangs. What the loop has
// lost by one failed call (a wake-up, the setting of its clock) it gets back at the next beat.
class Heartbeat final : public EventLoop::Waiter {
  public:
    // `mend` is called on a thread of the loop before each beat is over: what must be taken up again if it
    // was lost. Throws std::system_error.
    Heartbeat(EventLoop& loop, LifeWatch watch, std::function<void()> mend);
    void start(const std::shared_ptr<Heartbeat>& self);  // throws std::system_error

    void on_ready() override;
    void on_time() override { watch_.feed(); }
    bool on_end() override;

  private:
    EventLoop& loop_;
    const LifeWatch watch_;
    const std::function<void()> mend_;
    UniqueFd clock_;  // a timerfd of its own: the loop's times are what is watched
    std::mutex mutex_;
    EventLoop::Place place_;
};

}  // namespace secondstep::service
