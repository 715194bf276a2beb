#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "secondstepd/workers.h"

namespace secondstep::service {

// In front of workers: of the jobs of one key so many run at a time, and those that wait are served in order of arrival.
// Whoever waits has no thread: the end of a job before starts it, behind those of others that wait for a thread by then.
// For jobs that change a record the key is the record, and one runs: otherwise one account at which many guess would have
// all threads, and logins of it would lose to each other. For jobs that wait for a node it is where people come from: one
// who begins many logins while a node is slow has a share of the threads, and not all. Thread-safe.
class KeyedQueue {
  public:
    static constexpr std::size_t most_waiting = 32;
    struct Size {
        unsigned at_once = 1;                // of one key
        std::size_t waiting = most_waiting;  // of one key, beside those
    };

    // `workers` outlives it and its jobs.
    explicit KeyedQueue(Workers& workers) : KeyedQueue(workers, Size{}) {}
    KeyedQueue(Workers& workers, Size size);

    // False: too many wait, for this key or for a thread, and the job will not run. Must not throw: a job.
    [[nodiscard]] bool submit(const std::string& key, std::function<void()> job);

  private:
    struct Lines;
    std::shared_ptr<Lines> lines_;  // shared with the jobs
};

}  // namespace secondstep::service
