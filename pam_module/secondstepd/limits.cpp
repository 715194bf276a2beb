#include "secondstepd/limits.h"

#include <algorithm>
#include <utility>

namespace secondstep::service {

namespace {

constexpr std::size_t descriptors_for_files = 128;

}  // namespace

Limits::Place::Place(Place&& other) noexcept
    : limits_(std::exchange(other.limits_, nullptr)), holder_(other.holder_) {}

Limits::Place::~Place() {
    give_back();
}

void Limits::Place::give_back() noexcept {
    if (Limits* const from = std::exchange(limits_, nullptr)) from->give_back(holder_.uid, holder_.rank);
}

bool Limits::full(uid_t uid, Rank rank, std::size_t kept) const {
    if (held_ >= numbers_.total) return true;
    if (rank == Rank::root) return false;
    if (held_by_others_ >= numbers_.total - numbers_.total / 4) return true;
    const auto entry = by_uid_.find(uid);
    const std::size_t own = entry == by_uid_.end() ? 0 : entry->second;
    return own + kept >= (rank == Rank::trusted ? numbers_.per_trusted : numbers_.per_user);
}

std::optional<Limits::Place> Limits::admit(uid_t uid, Rank rank, std::size_t kept) {
    const std::lock_guard lock(mutex_);
    if (full(uid, rank, kept)) return std::nullopt;
    if (rank != Rank::root) {
        ++by_uid_[uid];  // first: there may be no memory for it
        ++held_by_others_;
    }
    ++held_;
    return Place(*this, {uid, rank});
}

void Limits::give_back(uid_t uid, Rank rank) {
    const std::lock_guard lock(mutex_);
    --held_;
    if (rank == Rank::root) return;
    --held_by_others_;
    const auto entry = by_uid_.find(uid);
    if (entry != by_uid_.end() && --entry->second == 0) by_uid_.erase(entry);
}

void Limits::lower_total(std::size_t total) {
    const std::lock_guard lock(mutex_);
    numbers_.total = std::min(numbers_.total, total);
}

std::size_t Limits::held() const {
    const std::lock_guard lock(mutex_);
    return held_;
}

Limits::Numbers Limits::fitting_descriptors(std::size_t descriptor_limit) {
    Numbers numbers;
    const bool roomy = descriptor_limit > 2 * descriptors_for_files;
    const std::size_t usable = roomy ? descriptor_limit - descriptors_for_files : descriptor_limit / 2;
    numbers.total = std::min(numbers.total, usable);
    return numbers;
}

}  // namespace secondstep::service
