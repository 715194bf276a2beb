#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "secondstepd/workers.h"

namespace secondstep::service {

// In front of workers: of the jobs that change one record one runs at a time, and those that wait for it are
// served in order of arrival. Whoever waits has no thread: the end of the job before starts it. Otherwise one
// account at which many guess would have all threads, and logins of it would lose to each other. Thread-safe.
class RecordQueue {
  public:
    static constexpr std::size_t most_waiting = 32;  // for one record

    // `workers` outlives it and its jobs.
    explicit RecordQueue(Workers& workers);

    // False: too many wait, for this record or for a thread, and the job will not run. Must not throw: a job.
    [[nodiscard]] bool submit(const std::string& record, std::function<void()> job);

  private:
    struct Lines;
    std::shared_ptr<Lines> lines_;  // shared with the jobs
};

}  // namespace secondstep::service
