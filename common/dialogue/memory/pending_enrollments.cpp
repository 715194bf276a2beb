#include "dialogue/memory/pending_enrollments.h"

#include <algorithm>

namespace secondstep::dialogue {
namespace {

constexpr std::chrono::minutes kept_for{15};
constexpr std::size_t most_pending = 4096;

bool same(const PendingEnrollments::Key& a, const PendingEnrollments::Key& b) {
    return a.record.sealed_name() == b.record.sealed_name() && a.from == b.from && a.shown == b.shown;
}

}  // namespace

Enrollment PendingEnrollments::find_or(const Key& key, Time now, const std::function<Enrollment()>& draft) {
    const std::lock_guard lock(mutex_);
    std::erase_if(pending_, [now](const Pending& pending) { return now - pending.since > kept_for; });
    const auto found =
        std::ranges::find_if(pending_, [&](const Pending& pending) { return same(pending.key, key); });
    if (found != pending_.end()) return found->enrollment.clone();
    Enrollment made = draft();
    if (pending_.size() >= most_pending) pending_.erase(pending_.begin());
    pending_.push_back({key, now, made.clone()});
    return made;
}

void PendingEnrollments::forget(const RecordName& record) {
    const std::lock_guard lock(mutex_);
    const std::string name = record.sealed_name();
    std::erase_if(pending_,
                  [&name](const Pending& pending) { return pending.key.record.sealed_name() == name; });
}

}  // namespace secondstep::dialogue
