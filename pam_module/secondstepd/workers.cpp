#include "secondstepd/workers.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace secondstep::service {

// Owned by the pool and by every thread, so that a thread that was left behind finds it alive.
struct Workers::Shared {
    explicit Shared(Size s) : size(s) {}
    const Size size;
    std::mutex mutex;
    std::condition_variable work_or_end;
    std::condition_variable thread_ended;
    std::deque<std::function<void()>> jobs;
    std::vector<std::thread> threads;
    std::size_t busy = 0;     // threads that run a job
    std::size_t running = 0;  // threads that have not ended
    bool ending = false;
};

Workers::Workers(Size size) : shared_(std::make_shared<Shared>(size)) {}

Workers::~Workers() {
    const bool ended = [this] {
        const std::lock_guard lock(shared_->mutex);
        return shared_->ending;
    }();
    if (!ended) static_cast<void>(finish(std::chrono::seconds{1}));
}

void Workers::work(const std::shared_ptr<Shared>& shared) {
    std::unique_lock lock(shared->mutex);
    for (;;) {
        shared->work_or_end.wait(lock, [&] { return shared->ending || !shared->jobs.empty(); });
        if (shared->jobs.empty()) break;
        std::function<void()> job = std::move(shared->jobs.front());
        shared->jobs.pop_front();
        ++shared->busy;
        lock.unlock();
        job();
        job = nullptr;  // what it owns is freed before the lock is taken
        lock.lock();
        --shared->busy;
    }
    --shared->running;
    shared->thread_ended.notify_all();
}

bool Workers::submit(std::function<void()> job) {
    Shared& s = *shared_;
    const std::lock_guard lock(s.mutex);
    if (s.ending) return false;
    if (s.jobs.size() >= s.threads.size() - s.busy && s.threads.size() < s.size.threads) {
        try {
            s.threads.emplace_back([shared = shared_] { work(shared); });
            ++s.running;
        } catch (const std::system_error&) {  // no more threads: those that run must do, or none
            if (s.threads.empty()) return false;
        }
    }
    if (s.jobs.size() >= s.threads.size() - s.busy + s.size.queue) return false;
    s.jobs.push_back(std::move(job));
    s.work_or_end.notify_one();
    return true;
}

std::size_t Workers::waiting() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->jobs.size();
}

bool Workers::finish(std::chrono::milliseconds grace) {
    Shared& s = *shared_;
    std::unique_lock lock(s.mutex);
    s.ending = true;
    s.work_or_end.notify_all();
    const bool all_ended = s.thread_ended.wait_for(lock, grace, [&] { return s.running == 0; });
    std::vector<std::thread> threads = std::exchange(s.threads, {});
    lock.unlock();
    for (std::thread& thread : threads) {
        if (all_ended) {
            thread.join();
        } else {
            thread.detach();
        }
    }
    return all_ended;
}

}  // namespace secondstep::service
