#include "dialogue/memory/pending_addresses.h"

#include <algorithm>

#include "enrollment/enrollment.h"

namespace secondstep::dialogue {
namespace {

constexpr std::size_t most_pending = 4096;

bool same(const PendingAddresses::Key& a, const PendingAddresses::Key& b) {
    return a.record.sealed_name() == b.record.sealed_name() && a.from == b.from && a.shown == b.shown &&
           a.address == b.address;
}

}  // namespace

PendingAddresses::Pending* PendingAddresses::find(const Key& key, Time now) {
    std::erase_if(pending_, [now](const Pending& pending) { return now > pending.until; });
    const auto found =
        std::ranges::find_if(pending_, [&key](const Pending& pending) { return same(pending.key, key); });
    return found == pending_.end() ? nullptr : &*found;
}

void PendingAddresses::add(const Key& key, Secret code, Time until) {
    const std::lock_guard lock(mutex_);
    std::erase_if(pending_, [&key](const Pending& pending) { return same(pending.key, key); });
    if (pending_.size() >= most_pending) pending_.erase(pending_.begin());
    pending_.push_back({key, std::move(code), until});
}

bool PendingAddresses::waits_for_code(const Key& key, Time now) {
    const std::lock_guard lock(mutex_);
    return find(key, now) != nullptr;
}

bool PendingAddresses::is_code(const Key& key, std::string_view digits, Time now) {
    const std::lock_guard lock(mutex_);
    Pending* const pending = find(key, now);
    if (pending == nullptr) return false;
    const bool right = equal_in_constant_time(pending->code.bytes(), as_bytes(digits));
    if (!right && ++pending->wrong == most_wrong_answers)
        pending_.erase(pending_.begin() + (pending - pending_.data()));
    return right;
}

void PendingAddresses::drop(const Key& key) {
    const std::lock_guard lock(mutex_);
    std::erase_if(pending_, [&key](const Pending& pending) { return same(pending.key, key); });
}

void PendingAddresses::forget(const RecordName& record) {
    const std::lock_guard lock(mutex_);
    const std::string name = record.sealed_name();
    std::erase_if(pending_,
                  [&name](const Pending& pending) { return pending.key.record.sealed_name() == name; });
}

}  // namespace secondstep::dialogue
