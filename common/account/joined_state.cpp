#include "account/joined_state.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <utility>

namespace secondstep {
namespace {

Failures joined(const Failures& one, const Failures& other) {
    return {.count = std::max(one.count, other.count),
            .last = std::max(one.last, other.last),
            .wait_until = std::max(one.wait_until, other.wait_until)};
}

void join(AuthenticatorUse& there, const AuthenticatorUse& arriving) {
    const bool is_newer = arriving.used && (!there.used || arriving.last > there.last);
    const bool is_as_new = arriving.used == there.used && arriving.last == there.last;
    // A resynchronisation that was begun goes with the counter it was begun from.
    if (is_newer || (is_as_new && arriving.resyncing && !there.resyncing)) {
        there.resyncing = arriving.resyncing;
        there.resync = arriving.resync;
    }
    if (is_newer) there.last = arriving.last;
    there.used = there.used || arriving.used;
    there.closed = there.closed || arriving.closed;
    there.last_success = std::max(there.last_success, arriving.last_success);
}

// What neither the credential nor the record has any more takes no place of another.
bool has_room_for(const AuthenticatorId& id, const State& there, const Credential& credential) {
    const auto ids = ids_of(credential);
    return there.uses.size() < max_authenticator_uses || find_use(there, id) != nullptr ||
           std::ranges::find(ids, id) != ids.end();
}

RecoveryUse joined(const RecoveryUse& there, const RecoveryUse& arriving, const RecoverySetId& set) {
    if (there.id != set && arriving.id != set) return {.id = set};
    if (there.id != set) return arriving;
    RecoveryUse both = there;
    if (arriving.id != set) return both;
    both.used |= arriving.used;
    both.closed = both.closed || arriving.closed;
    both.not_saved = both.not_saved && arriving.not_saved;
    both.last_judged = std::max(both.last_judged, arriving.last_judged);
    return both;
}

// Newest first, each as often as it stands in that of the two in which it stands more often.
template <typename Entry, typename Newer>
std::vector<Entry> joined_list(std::vector<Entry> one, std::vector<Entry> other, std::size_t most,
                               Newer newer) {
    std::ranges::sort(one, newer);
    std::ranges::sort(other, newer);
    std::vector<Entry> both;
    std::ranges::set_union(one, other, std::back_inserter(both), newer);
    if (both.size() > most) both.resize(most);
    return both;
}

std::vector<UnixTime> joined_times(const std::vector<UnixTime>& one, const std::vector<UnixTime>& other,
                                   std::size_t most) {
    return joined_list(one, other, most, std::ranges::greater{});
}

// What the arriving record calls its known sources, in the numbers of the one that is there.
class Numbers {
  public:
    explicit Numbers(const State& there) {
        for (const KnownSource& known : there.known)
            taken_.at(known.number) = true;
        for (const auto& failure : there.recent.known)
            taken_.at(failure.number) = true;
    }
    void are_the_same(std::uint8_t arriving, std::uint8_t there) { known_as_[arriving] = there; }
    [[nodiscard]] std::uint8_t of(std::uint8_t arriving) {
        const auto found = known_as_.find(arriving);
        if (found != known_as_.end()) return found->second;
        // Its own where that is free, so that a record that arrives in an empty place is the same there. There is always a
        // free one: 256 numbers, and fewer than two hundred entries in both.
        std::uint8_t number = arriving;
        while (taken_.at(number))
            ++number;
        taken_.at(number) = true;
        return known_as_[arriving] = number;
    }

  private:
    std::map<std::uint8_t, std::uint8_t> known_as_;
    std::array<bool, 256> taken_{};
};

// Stable. The lists are short, and std::stable_sort of libstdc++ 12 asks for memory in a way that clang calls deprecated.
template <typename T, typename When>
void put_newest_first(std::vector<T>& list, When when) {
    for (auto next = list.begin(); next != list.end(); ++next) {
        const auto place = std::ranges::upper_bound(list.begin(), next, std::invoke(when, *next),
                                                    std::ranges::greater{}, when);
        std::rotate(place, next, std::next(next));
    }
}

// Of those that arrive, the newest that there is room for.
template <typename Entry, typename When>
std::vector<Entry> with_room(std::vector<Entry> arriving, std::size_t room, When when) {
    put_newest_first(arriving, when);
    if (arriving.size() > room) arriving.resize(room);
    return arriving;
}

bool is_same_place(const KnownSource& one, const KnownSource& other) {
    return one.source == other.source && one.host == other.host;
}

bool is_same_client(const RememberedClient& one, const RememberedClient& other) {
    return one.service == other.service && one.address == other.address && one.host == other.host;
}

// They count for their host alone, with the failures that it has counted there. Those that are there stay as they are.
void add_known(State& there, const State& arriving, Numbers& numbers) {
    std::vector<KnownSource> others = arriving.known;
    std::erase_if(others, [&](const KnownSource& known) {
        return std::ranges::any_of(there.known, [&](const auto& one) { return is_same_place(one, known); });
    });
    for (KnownSource& known :
         with_room(std::move(others), max_known_sources - there.known.size(), &KnownSource::last_success)) {
        known.number = numbers.of(known.number);
        there.known.push_back(std::move(known));
    }
    put_newest_first(there.known, &KnownSource::last_success);
}

void add_clients(State& there, const State& arriving) {
    std::vector<RememberedClient> others = arriving.clients;
    std::erase_if(others, [&](const RememberedClient& client) {
        return std::ranges::any_of(there.clients,
                                   [&](const auto& one) { return is_same_client(one, client); });
    });
    for (RememberedClient& client : with_room(
             std::move(others), max_remembered_clients - there.clients.size(), &RememberedClient::since))
        there.clients.push_back(std::move(client));
    put_newest_first(there.clients, &RememberedClient::since);
}

void join_known(State& there, const State& arriving, Numbers& numbers) {
    for (const KnownSource& known : arriving.known) {
        const auto same = std::ranges::find_if(
            there.known, [&](const KnownSource& one) { return is_same_place(one, known); });
        if (same == there.known.end()) {
            there.known.push_back(known);
            there.known.back().number = numbers.of(known.number);
            continue;
        }
        numbers.are_the_same(known.number, same->number);
        same->failures = joined(same->failures, known.failures);
        same->last_success = std::max(same->last_success, known.last_success);
    }
    put_newest_first(there.known, &KnownSource::last_success);
    if (there.known.size() > max_known_sources) there.known.resize(max_known_sources);
}

void join_recent(RecentFailures& there, const RecentFailures& arriving, Numbers& numbers) {
    there.strangers = joined_times(there.strangers, arriving.strangers, max_recent_failures);
    there.own_uid = joined_times(there.own_uid, arriving.own_uid, max_recent_failures);
    there.trusted_callers =
        joined_times(there.trusted_callers, arriving.trusted_callers, max_recent_failures);
    std::vector<RecentFailures::OfKnown> renumbered = arriving.known;
    for (auto& failure : renumbered)
        failure.number = numbers.of(failure.number);
    there.known =
        joined_list(there.known, std::move(renumbered), max_recent_known_failures,
                    [](const auto& one, const auto& other) {
                        return std::pair(one.when, one.number) > std::pair(other.when, other.number);
                    });
}

void join_clients(State& there, const State& arriving) {
    for (const RememberedClient& client : arriving.clients) {
        const auto same = std::ranges::find_if(
            there.clients, [&](const RememberedClient& one) { return is_same_client(one, client); });
        if (same == there.clients.end())
            there.clients.push_back(client);
        else if (client.since > same->since)
            *same = client;
    }
    put_newest_first(there.clients, &RememberedClient::since);
    if (there.clients.size() > max_remembered_clients) there.clients.resize(max_remembered_clients);
}

void join_last_success(State& there, const State& arriving) {
    const bool nothing_there = there.last_success == never && there.last_accepted == AttemptId{};
    if (arriving.last_success <= there.last_success && !nothing_there) return;
    there.last_success = arriving.last_success;
    there.last_accepted = arriving.last_accepted;
    there.last_factor = arriving.last_factor;
}

// Codes that were given out or sent, and a restore that was begun: what is there goes before.
void join_codes(State& there, const State& arriving) {
    if (!there.registration.given) there.registration = arriving.registration;
    if (!there.temporary.given) there.temporary = arriving.temporary;
    if (!there.sent.given) there.sent = arriving.sent;
    if (there.restore.code == 0) there.restore = arriving.restore;
}

void join_counters(State& there, const State& arriving) {
    there.strangers = joined(there.strangers, arriving.strangers);
    there.own_uid = joined(there.own_uid, arriving.own_uid);
    there.trusted_callers = joined(there.trusted_callers, arriving.trusted_callers);
    Numbers numbers(there);
    join_known(there, arriving, numbers);
    join_recent(there.recent, arriving.recent, numbers);
    join_clients(there, arriving);
    there.sends = joined_times(there.sends, arriving.sends, max_remembered_sends);
    there.portal_sends = joined_times(there.portal_sends, arriving.portal_sends, max_remembered_sends);
}

void add_places(State& there, const State& arriving) {
    Numbers numbers(there);
    add_known(there, arriving, numbers);
    add_clients(there, arriving);
}

}  // namespace

State joined(State there, const State& arriving, const Credential& credential, Counting counting) {
    there.enrolled = there.enrolled || arriving.enrolled;
    // Nobody loses a second step that is good there because of what another store says.
    if (counting == Counting::of_both) there.enrollment_forced |= arriving.enrollment_forced;
    for (const AuthenticatorUse& use : arriving.uses) {
        if (has_room_for(use.id, there, credential)) join(use_of(there, use.id, credential), use);
    }
    const RecoverySetId set = credential.recovery ? credential.recovery->id : RecoverySetId{};
    there.recovery = joined(there.recovery, arriving.recovery, set);
    if (counting == Counting::of_both)
        join_counters(there, arriving);
    else
        add_places(there, arriving);
    join_last_success(there, arriving);
    join_codes(there, arriving);
    if (arriving.notice.when > there.notice.when || there.notice.change == Change::none)
        there.notice = arriving.notice;
    if (there.reserve == decltype(there.reserve){}) there.reserve = arriving.reserve;
    return there;
}

}  // namespace secondstep
