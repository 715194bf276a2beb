#include "dialogue/memory/guest_budget.h"

#include <algorithm>
#include <iterator>

namespace secondstep::dialogue {
namespace {

constexpr std::chrono::minutes minute{1};
constexpr std::chrono::hours day{24};
// As many as sixty failures a minute make in a day are of one host; what has ended is forgotten at this size.
constexpr std::size_t few_enough = 16384;

// All that is local is one place, whoever it is about (share_of()).
bool is_one_place(std::string_view one, std::string_view other) {
    constexpr std::string_view here = GuestBudget::local_place;
    return one == other || (one.starts_with(here) && other.starts_with(here));
}

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

GuestBudget::OfHost& GuestBudget::of(const HostTag& host, Time now) {
    OfHost& there = hosts_[host];
    std::erase_if(there.answers, [&](const Answer& answer) { return answer.when <= now - minute; });
    std::erase_if(there.repetitions, [&](const Repetition& one) { return one.when <= now - minute; });
    return there;
}

bool GuestBudget::repeats_too_often(const OfHost& there, const Asker& asker) const {
    const auto of_account = std::ranges::count(there.repetitions, asker.account, &Repetition::account);
    return there.repetitions.size() >= numbers_.repetitions_per_minute ||
           static_cast<std::size_t>(of_account) >= numbers_.repetitions_for_one_account;
}

// With the mutex. Of whom the account is does not matter: that somebody has to wait says nothing of it. What is not settled
// may be right; but whoever sends many at once has no more of them judged than whoever sends one after the other.
GuestBudget::Room GuestBudget::room_for(const Asker& asker, Time now) {
    const OfHost& there = of(asker.host, now);
    if (repeats_too_often(there, asker)) return Room::none;
    const auto is_used_up = [&](bool with_unsettled) {
        std::size_t all = 0;
        std::size_t of_account = 0;
        std::size_t of_place = 0;
        std::size_t of_strangers = 0;
        for (const Answer& answer : there.answers) {
            if (!answer.settled && !with_unsettled) continue;
            ++all;
            // Not both together: who has an account's first factor, and guesses, does not keep its owner out at home.
            if (answer.account == asker.account && answer.stranger == asker.stranger) ++of_account;
            if (is_one_place(answer.place, asker.place)) ++of_place;
            if (answer.stranger) ++of_strangers;
        }
        // Many people who are right may come from one place at once.
        const std::size_t most_of_place = with_unsettled ? numbers_.of_strangers : numbers_.from_one_place;
        return all >= numbers_.failures_per_minute || of_account >= numbers_.for_one_account ||
               of_place >= most_of_place || (asker.stranger && of_strangers >= numbers_.of_strangers);
    };
    if (is_used_up(false)) return Room::none;
    return is_used_up(true) ? Room::none_yet : Room::enough;
}

bool GuestBudget::has_to_wait(const Asker& asker, Time now) {
    const std::lock_guard lock(mutex_);
    return room_for(asker, now) == Room::none;
}

// With the mutex. What is being judged may be right, and then it is not of the account's day: nobody is told what a decoy says
// because of it.
GuestBudget::Admission GuestBudget::admit_stranger(const Asker& asker, Time now) {
    Times& of_account = answers_[{asker.host, asker.account}];
    forget(of_account, now - day);
    if (of_account.size() < numbers_.failures_per_account_and_day) {
        of_account.push_back(now);
        return Admission::judged;
    }
    const bool one_may_be_given_back =
        std::ranges::any_of(hosts_[asker.host].answers, [&](const Answer& answer) {
            return !answer.settled && answer.of_the_day && answer.account == asker.account;
        });
    return one_may_be_given_back ? Admission::busy : Admission::by_decoy;
}

// What a decoy judges costs as much as any other answer, so it is one of the host's as well.
GuestBudget::Admitted GuestBudget::admit_answer(const Asker& asker, Time now) {
    const std::lock_guard lock(mutex_);
    forget_everything_old(now);
    const Room room = room_for(asker, now);
    if (room != Room::enough) return {.how = room == Room::none ? Admission::not_judged : Admission::busy};
    std::deque<Answer>& answers = hosts_[asker.host].answers;
    const Admission how = asker.stranger ? admit_stranger(asker, now) : Admission::judged;
    if (how == Admission::busy) return {.how = how};
    answers.push_back({.number = ++last_,
                       .when = now,
                       .account = asker.account,
                       .place = asker.place,
                       .stranger = asker.stranger,
                       .of_the_day = asker.stranger && how == Admission::judged});
    return {.how = how, .number = last_};
}

void GuestBudget::settle_answer(const Asker& asker, std::uint64_t number, Time now, Cost cost) {
    const std::lock_guard lock(mutex_);
    OfHost& there = hosts_[asker.host];
    const auto answer = std::ranges::find(there.answers, number, &Answer::number);
    if (answer != there.answers.end()) {
        answer->settled = true;
        if (cost != Cost::work && cost != Cost::failure) there.answers.erase(answer);
    }
    if (cost == Cost::repetition) there.repetitions.push_back({now, asker.account});
    const auto of_account = answers_.find({asker.host, asker.account});
    if (cost == Cost::failure || !asker.stranger || of_account == answers_.end()) return;
    take_last(of_account->second, now);
    if (of_account->second.empty()) answers_.erase(of_account);
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
