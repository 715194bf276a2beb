#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>

namespace secondstep::service {

// Comes round in one event loop again and again: first by a descriptor, then by a timer, so that a loop which
// has lost either of them falls silent. What it has lost by one failed call (a wake-up, the setting of its
// timer) it gets back at the next beat, because each beat wakes the loop and sets its timer anew.
class Heartbeat {
  public:
    // `beat` runs on the loop's thread. Throws std::system_error.
    Heartbeat(boost::asio::io_context& io, std::chrono::milliseconds every, std::function<void()> beat);

    // To be called once, and again whenever is_awaited() says no: when it threw (no memory).
    void await();
    [[nodiscard]] bool is_awaited() const { return awaited_; }
    void end();

  private:
    void came_round();

    boost::asio::posix::stream_descriptor clock_;
    boost::asio::steady_timer timer_;
    std::function<void()> beat_;
    bool awaited_ = false;
};

}  // namespace secondstep::service
