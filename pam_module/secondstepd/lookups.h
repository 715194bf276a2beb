#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

namespace secondstep::service {

// Look-ups in the name service block the thread they run on, for as long as a directory likes. That is the
// thread that wants the answer: handing them over would cost two wake-ups, more than a look-up does. So only
// so many may run at once, and the event loop has that many threads more than it needs. Thread-safe.
class Lookups {
  public:
    static constexpr std::size_t most = 8;
    static constexpr std::size_t longest_queue = 1024;

    // One of the `most`; given back when it is destroyed.
    class Turn {
      public:
        explicit Turn(Lookups& lookups) : lookups_(&lookups) {}
        Turn(Turn&& other) noexcept : lookups_(std::exchange(other.lookups_, nullptr)) {}
        Turn& operator=(Turn&&) = delete;
        ~Turn();

      private:
        Lookups* lookups_;
    };
    using Later = std::function<void(Turn)>;

    // Nothing: all of them run.
    [[nodiscard]] std::optional<Turn> begin();
    // `later` runs when its turn has come. False: too many wait.
    [[nodiscard]] bool wait(Later later);
    // To be called by whoever gave a turn back or said wait(), when their thread is free.
    void run_waiting();

  private:
    [[nodiscard]] std::optional<Later> next();

    std::mutex mutex_;
    std::size_t running_ = 0;
    std::deque<Later> waiting_;
    std::atomic<std::size_t> length_ = 0;  // of waiting_: mostly nobody waits
};

}  // namespace secondstep::service
