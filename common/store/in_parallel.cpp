#include "store/in_parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace secondstep {
namespace {

constexpr std::size_t few = 64;  // a thread costs more than these save
constexpr unsigned most_threads = 4;

class Progress {
  public:
    Progress(std::size_t count, const std::function<Result<void>(std::size_t)>& work)
        : count_(count), work_(work) {}

    void run() noexcept {
        try {
            for (std::size_t i = next_++; i < count_; i = next_++) {
                Result<void> done = work_(i);
                if (!done) return stop(std::move(done));
            }
        } catch (const std::exception& e) {
            stop(fail(Errc::io, e.what()));
        }
    }
    [[nodiscard]] Result<void> outcome() && { return std::move(outcome_); }

  private:
    void stop(Result<void> why) {
        next_ = count_;
        const std::lock_guard lock(mutex_);
        outcome_ = std::move(why);
    }

    const std::size_t count_;
    const std::function<Result<void>(std::size_t)>& work_;
    std::atomic<std::size_t> next_{0};
    std::mutex mutex_;
    Result<void> outcome_;
};

}  // namespace

Result<void> in_parallel(std::size_t count, const std::function<Result<void>(std::size_t)>& work) {
    Progress progress(count, work);
    {
        std::vector<std::jthread> others;
        const unsigned processors = std::clamp(std::thread::hardware_concurrency(), 1U, most_threads);
        try {
            for (unsigned i = 1; i < processors && count > few; ++i)
                others.emplace_back([&progress] { progress.run(); });
        } catch (const std::system_error&) {  // no thread is available: this one does what is left
        }
        progress.run();
    }
    return std::move(progress).outcome();
}

}  // namespace secondstep
