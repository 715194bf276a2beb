#include "secondstepd/cached_people.h"

#include <utility>

namespace secondstep::service {

struct CachedPeople::Pin::Entry {
    std::string name;
    std::vector<std::string> groups;  // that were asked for
    LookedUp answer;
    Time until;

    [[nodiscard]] bool answers(const std::string& n, const std::vector<std::string>& g) const {
        return name == n && groups == g;
    }
};

thread_local const CachedPeople::Pin::Entry* CachedPeople::Pin::pinned_ = nullptr;

CachedPeople::Pin::Pin(std::shared_ptr<const Entry> entry) : entry_(std::move(entry)) {
    pinned_ = entry_.get();
}

CachedPeople::Pin::~Pin() {
    pinned_ = nullptr;
}

std::shared_ptr<const CachedPeople::Pin::Entry> CachedPeople::fresh(
    const std::string& name, const std::vector<std::string>& groups) const {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(name);
    if (found == entries_.end() || !found->second->answers(name, groups) || now_() >= found->second->until) {
        return nullptr;
    }
    return found->second;
}

std::shared_ptr<const CachedPeople::Pin::Entry> CachedPeople::of_this_machine(const std::string& name) const {
    const Time asked = now_();
    std::optional<Person> here = name_service_.find_here(name);
    if (!here) return nullptr;
    auto entry = std::make_shared<const Pin::Entry>(
        Pin::Entry{name, {}, LookedUp{std::move(here), {}}, asked + lifetime_});
    remember(entry);
    return entry;
}

std::unique_ptr<CachedPeople::Pin> CachedPeople::peek(const std::string& name,
                                                      const std::vector<std::string>& groups) const {
    std::shared_ptr<const Pin::Entry> entry = fresh(name, groups);
    if (!entry && groups.empty()) entry = of_this_machine(name);
    if (!entry) return nullptr;
    return std::unique_ptr<Pin>(new Pin(std::move(entry)));
}

Result<LookedUp> CachedPeople::find(const std::string& name, const std::vector<std::string>& groups,
                                    const Early& early) const {
    if (Pin::pinned_ != nullptr && Pin::pinned_->answers(name, groups)) return Pin::pinned_->answer;
    if (const auto entry = fresh(name, groups)) return entry->answer;
    const Time asked = now_();
    Result<LookedUp> answer = name_service_.find(name, groups, early);
    if (answer && answer->membership.failure.empty()) {
        remember(std::make_shared<const Pin::Entry>(Pin::Entry{name, groups, *answer, asked + lifetime_}));
    }
    return answer;
}

void CachedPeople::remember(std::shared_ptr<const Pin::Entry> entry) const {
    const std::lock_guard lock(mutex_);
    entries_[entry->name] = entry;
    by_age_.push_back(std::move(entry));
    while (by_age_.size() > max_entries) {
        const auto oldest = entries_.find(by_age_.front()->name);
        if (oldest != entries_.end() && oldest->second == by_age_.front()) entries_.erase(oldest);
        by_age_.pop_front();
    }
}

void CachedPeople::forget_everybody() {
    const std::lock_guard lock(mutex_);
    entries_.clear();
    by_age_.clear();
}

}  // namespace secondstep::service
