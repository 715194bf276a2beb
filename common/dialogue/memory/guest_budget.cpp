#include "dialogue/memory/guest_budget.h"

#include <algorithm>
#include <iterator>

namespace secondstep::dialogue {
namespace {

constexpr std::chrono::minutes minute{1};
constexpr std::chrono::hours day{24};
// As many as sixty failures a minute make in a day are of one host; what has ended is forgotten at this size.
constexpr std::size_t few_enough = 16384;

}  // namespace

GuestBudget::GuestBudget(Numbers numbers) : numbers_(numbers), look_at_(few_enough) {}

void GuestBudget::forget(Times& times, Time before) {
    while (!times.empty() && times.front() <= before)
        times.pop_front();
}

// The newest one of that moment or before it: another answer may have come since.
void GuestBudget::take_last(Times& times, Time now) {
    for (auto it = times.rbegin(); it != times.rend(); ++it) {
        if (*it > now) continue;
        times.erase(std::next(it).base());
        return;
    }
}

// Looks at all of them when they are twice as many as were left the last time.
void GuestBudget::forget_everything_old(Time now) {
    if (answers_.size() + messages_.size() < look_at_) return;
    for (auto* kept : {&answers_, &messages_}) {
        for (auto it = kept->begin(); it != kept->end();) {
            forget(it->second, now - day);
            it = it->second.empty() ? kept->erase(it) : std::next(it);
        }
    }
    look_at_ = std::max(few_enough, 2 * (answers_.size() + messages_.size()));
}

// With the mutex. Whoever is asked about does not matter: that a host waits says nothing of any account.
bool GuestBudget::is_used_up(const HostTag& host, Time now) {
    Times& failures = of_host_[host];
    Times& repetitions = repetitions_[host];
    forget(failures, now - minute);
    forget(repetitions, now - minute);
    return failures.size() >= numbers_.failures_per_minute ||
           repetitions.size() >= numbers_.repetitions_per_minute;
}

bool GuestBudget::has_to_wait(const HostTag& host, Time now) {
    const std::lock_guard lock(mutex_);
    return is_used_up(host, now);
}

// What a decoy judges costs as much as any other answer, so it is one of the host's as well.
GuestBudget::Admission GuestBudget::admit_answer(const HostTag& host, const std::string& account,
                                                 bool stranger, Time now) {
    const std::lock_guard lock(mutex_);
    forget_everything_old(now);
    if (is_used_up(host, now)) return Admission::not_judged;
    of_host_[host].push_back(now);
    if (!stranger) return Admission::judged;
    Times& of_account = answers_[{host, account}];
    forget(of_account, now - day);
    if (of_account.size() >= numbers_.failures_per_account_and_day) return Admission::by_decoy;
    of_account.push_back(now);
    return Admission::judged;
}

void GuestBudget::settle_answer(const HostTag& host, const std::string& account, bool stranger, Time now,
                                Cost cost) {
    if (cost == Cost::failure) return;
    const std::lock_guard lock(mutex_);
    if (cost != Cost::work) take_last(of_host_[host], now);
    if (cost == Cost::repetition) repetitions_[host].push_back(now);
    const auto it = answers_.find({host, account});
    if (!stranger || it == answers_.end()) return;
    take_last(it->second, now);
    if (it->second.empty()) answers_.erase(it);
}

bool GuestBudget::admit_message(const HostTag& host, const std::string& account, Time now) {
    const std::lock_guard lock(mutex_);
    forget_everything_old(now);
    Times& sent = messages_[{host, account}];
    forget(sent, now - day);
    if (sent.size() >= numbers_.messages_per_account_and_day) return false;
    sent.push_back(now);
    return true;
}

void GuestBudget::messages_were_wanted(const HostTag& host, const std::string& account) {
    const std::lock_guard lock(mutex_);
    messages_.erase({host, account});
}

std::size_t GuestBudget::accounts() const {
    const std::lock_guard lock(mutex_);
    return answers_.size() + messages_.size();
}

}  // namespace secondstep::dialogue
