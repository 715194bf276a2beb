#include "secondstepd/keyed_queue.h"

#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <utility>

namespace secondstep::service {

struct KeyedQueue::Lines : std::enable_shared_from_this<Lines> {
    struct Line {
        std::deque<std::function<void()>> jobs;  // that nobody has begun
        std::size_t begun = 0;                   // and is not over
        unsigned served = 0;  // how often serve() runs for it, or will as soon as there is a thread
    };
    using Place = std::map<std::string, Line>::iterator;

    Lines(Workers& to, Size most) : workers(to), size(most) {}

    Workers& workers;
    const Size size;
    std::mutex mutex;
    std::map<std::string, Line> of_keys;

    // Under the lock.
    [[nodiscard]] bool hand_over(Place line) {
        return workers.submit([self = shared_from_this(), line] { self->serve(line); });
    }
    // Whoever came last in the line of another key waits for a thread as well as its next one: unless there
    // is no room, or no memory for that, each job takes its turn among all.
    [[nodiscard]] bool hand_over_if_there_is_room(Place line) noexcept {
        try {
            return hand_over(line);
        } catch (const std::exception&) {
            return false;
        }
    }
    void serve(Place line) {
        while (std::function<void()> job = next_of(line)) {
            job();
            job = nullptr;  // what it owns is freed before the next one begins
            if (next_is_served_elsewhere(line)) return;
        }
    }
    // Nothing: there is none any more, and the line is left.
    [[nodiscard]] std::function<void()> next_of(Place line) {
        const std::lock_guard lock(mutex);
        auto& jobs = line->second.jobs;
        if (jobs.empty()) {
            if (--line->second.served == 0) of_keys.erase(line);
            return nullptr;
        }
        std::function<void()> job = std::move(jobs.front());
        jobs.pop_front();
        ++line->second.begun;
        return job;
    }
    [[nodiscard]] bool next_is_served_elsewhere(Place line) {
        const std::lock_guard lock(mutex);
        --line->second.begun;
        return !line->second.jobs.empty() && hand_over_if_there_is_room(line);
    }
};

KeyedQueue::KeyedQueue(Workers& workers, Size size) : lines_(std::make_shared<Lines>(workers, size)) {}

bool KeyedQueue::submit(const std::string& key, std::function<void()> job) {
    const std::lock_guard lock(lines_->mutex);
    const auto place = lines_->of_keys.try_emplace(key).first;
    Lines::Line& line = place->second;
    const Size& size = lines_->size;
    if (line.begun + line.jobs.size() >= size.at_once + size.waiting) return false;
    const bool has_turn = line.served < size.at_once;
    line.jobs.push_back(std::move(job));
    if (!has_turn) return true;
    if (lines_->hand_over_if_there_is_room(place)) {
        ++line.served;
        return true;
    }
    line.jobs.pop_back();
    if (line.served == 0) lines_->of_keys.erase(place);
    return false;
}

}  // namespace secondstep::service
