#include "secondstepd/lookups.h"

#include <utility>

namespace secondstep::service {

Lookups::Turn::~Turn() {
    if (lookups_ == nullptr) return;
    const std::lock_guard lock(lookups_->mutex_);
    --lookups_->running_;
}

std::optional<Lookups::Turn> Lookups::begin() {
    const std::lock_guard lock(mutex_);
    if (running_ >= most) return std::nullopt;
    ++running_;
    return Turn(*this);
}

bool Lookups::wait(Later later) {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= longest_queue) return false;
    waiting_.push_back(std::move(later));
    length_ = waiting_.size();
    return true;
}

std::optional<Lookups::Later> Lookups::next() {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty() || running_ >= most) return std::nullopt;
    std::optional<Later> first = std::move(waiting_.front());
    waiting_.pop_front();
    length_ = waiting_.size();
    ++running_;
    return first;
}

void Lookups::run_waiting() {
    if (length_ == 0) return;
    while (const std::optional<Later> later = next())
        (*later)(Turn(*this));
}

}  // namespace secondstep::service
