#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace secondstep::service {

// Threads for what would block an I/O thread: name service lookups, scrypt. A thread is started when a job
// finds none idle, up to the bound, and stays.
class Workers {
  public:
    struct Size {
        unsigned threads;
        std::size_t queue;  // jobs that may wait for a thread
    };
    explicit Workers(Size size);
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;
    ~Workers();  // as finish(), and leaves behind what hangs

    // False: the queue is full, or finish() was called; the job will not run. A job must not throw.
    [[nodiscard]] bool submit(std::function<void()> job);

    [[nodiscard]] std::size_t waiting() const;  // jobs that wait for a thread

    // Takes no new jobs, runs those that wait, and joins the threads. False: after `grace` a job still ran (a
    // name service that hangs); its thread goes on, and everything it uses must be left alone until the
    // process ends.
    [[nodiscard]] bool finish(std::chrono::milliseconds grace);

  private:
    struct Shared;
    static void work(const std::shared_ptr<Shared>& shared);
    std::shared_ptr<Shared> shared_;
};

}  // namespace secondstep::service
