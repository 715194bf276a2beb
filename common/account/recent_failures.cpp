#include "account/recent_failures.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "account/known_sources.h"

namespace secondstep {
namespace {

using Times = std::vector<UnixTime>;
using OfKnown = RecentFailures::OfKnown;

bool is_over(UnixTime when, UnixTime now) {
    return now - when >= recent_for;
}

// When fewer than `most` of them are left; nothing: they are fewer now.
std::optional<UnixTime> full_until(Times times, std::size_t most, UnixTime now) {
    std::erase_if(times, [now](UnixTime when) { return is_over(when, now); });
    if (times.size() < most) return std::nullopt;
    std::ranges::sort(times, std::greater{});
    return std::min(times[most - 1], now) + recent_for;
}

// Of all known sources, or of the one with this number.
Times times_of(const std::vector<OfKnown>& known, std::optional<std::uint8_t> number) {
    Times times;
    for (const OfKnown& one : known) {
        if (!number || one.number == *number) times.push_back(one.when);
    }
    return times;
}

const KnownSource* find_known(const State& state, const Source& source, UnixTime now) {
    if (source.kind == SourceKind::own_uid || !is_known(state, source, now)) return nullptr;
    return &*std::ranges::find(state.known, source, &KnownSource::source);
}

Share share_of(const Source& source) {
    if (source.kind == SourceKind::own_uid) return Share::own_uid;
    return source.kind == SourceKind::trusted_caller ? Share::portal : Share::strangers;
}

// RecentFailures or const RecentFailures.
template <typename AnyRecent>
auto& list_of(AnyRecent& recent, Share share) {
    switch (share) {
        case Share::own_uid:
            return recent.own_uid;
        case Share::portal:
            return recent.trusted_callers;
        case Share::strangers:
            break;
    }
    return recent.strangers;
}

// The newest stay: there are more only when nobody asked whether there is room.
template <typename Entry>
void add(std::vector<Entry>& entries, Entry entry, std::size_t most) {
    entries.insert(entries.begin(), entry);
    if (entries.size() > most) entries.resize(most);
}

}  // namespace

void forget_old_failures(RecentFailures& recent, UnixTime now) {
    for (Times* times : {&recent.strangers, &recent.own_uid, &recent.trusted_callers}) {
        std::erase_if(*times, [now](UnixTime when) { return is_over(when, now); });
        for (UnixTime& when : *times)
            when = std::min(when, now);
    }
    std::erase_if(recent.known, [now](const OfKnown& one) { return is_over(one.when, now); });
    for (OfKnown& one : recent.known)
        one.when = std::min(one.when, now);
}

void record_recent_failure(State& state, const Source& source, UnixTime now) {
    forget_old_failures(state.recent, now);
    if (const KnownSource* const known = find_known(state, source, now))
        return add(state.recent.known, OfKnown{now, known->number}, max_recent_known_failures);
    add(list_of(state.recent, share_of(source)), now, max_recent_failures);
}

std::optional<UnixTime> too_many_until(const State& state, const Source& source, UnixTime now) {
    const KnownSource* const known = find_known(state, source, now);
    if (known == nullptr) return too_many_until(state, share_of(source), now);
    const std::vector<OfKnown>& all = state.recent.known;
    const auto of_this_one = full_until(times_of(all, known->number), max_recent_of_one_source, now);
    const auto of_all = full_until(times_of(all, std::nullopt), max_recent_known_failures, now);
    return std::max(of_this_one, of_all);
}

std::optional<UnixTime> too_many_until(const State& state, Share share, UnixTime now) {
    return full_until(list_of(state.recent, share), max_recent_failures, now);
}

}  // namespace secondstep
