#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace secondstep::service {

// Who is told that the service lives, and how often each I/O thread shows that it does.
struct LifeWatch {
    std::function<void()> feed = [] {};
    std::chrono::milliseconds every = std::chrono::seconds{10};
};

// `feed` is called when every one of several threads has shown itself since the last time: one dead thread
// among them starves who is fed. Thread-safe.
class SignOfLife {
  public:
    SignOfLife(std::size_t threads, std::function<void()> feed);
    // Called by each thread out of its own event loop. The one that completes the round feeds.
    void show(std::size_t thread);

  private:
    const std::size_t threads_;
    const std::function<void()> feed_;
    std::unique_ptr<std::atomic<bool>[]> shown_;
    std::atomic<std::size_t> missing_;
};

}  // namespace secondstep::service
