#include "secondstepd/record_queue.h"

#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <utility>

namespace secondstep::service {

struct RecordQueue::Lines : std::enable_shared_from_this<Lines> {
    // The first one runs, or will as soon as there is a thread; it is empty then.
    using Line = std::deque<std::function<void()>>;
    using Place = std::map<std::string, Line>::iterator;

    explicit Lines(Workers& to) : workers(to) {}

    Workers& workers;
    std::mutex mutex;
    std::map<std::string, Line> of_records;

    // Under the lock.
    [[nodiscard]] bool hand_over(Place line) {
        return workers.submit([self = shared_from_this(), line] { self->serve(line); });
    }
    // Whoever came last in the line of another record waits for a thread as well as its next one: unless there
    // is no room, or no memory for that, each job takes its turn among all.
    [[nodiscard]] bool hand_over_if_there_is_room(Place line) noexcept {
        try {
            return hand_over(line);
        } catch (const std::exception&) {
            return false;
        }
    }
    void serve(Place line) {
        do {
            std::function<void()> job = first_of(line);
            job();
            job = nullptr;  // what it owns is freed before the next one begins
        } while (next_is_to_be_served_here(line));
    }
    [[nodiscard]] std::function<void()> first_of(Place line) {
        const std::lock_guard lock(mutex);
        return std::move(line->second.front());
    }
    [[nodiscard]] bool next_is_to_be_served_here(Place line) {
        const std::lock_guard lock(mutex);
        line->second.pop_front();
        if (!line->second.empty()) return !hand_over_if_there_is_room(line);
        of_records.erase(line);
        return false;
    }
};

RecordQueue::RecordQueue(Workers& workers) : lines_(std::make_shared<Lines>(workers)) {}

bool RecordQueue::submit(const std::string& record, std::function<void()> job) {
    const std::lock_guard lock(lines_->mutex);
    const auto [line, is_first] = lines_->of_records.try_emplace(record);
    if (line->second.size() > most_waiting) return false;
    line->second.push_back(std::move(job));
    if (!is_first || lines_->hand_over_if_there_is_room(line)) return true;
    lines_->of_records.erase(line);
    return false;
}

}  // namespace secondstep::service
