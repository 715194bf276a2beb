#include "store/change.h"

namespace secondstep {

std::expected<Kept, NotChanged> try_to_change(const AccountStore& store, const RecordName& record,
                                              Opening how, const Decide& decide, Rounds rounds,
                                              const SteadyTime& now) {
    RecordChange change(store, record, how, decide);
    const Round last = sleep_through(rounds, [&] { return change.round(); }, now);
    if (change.outcome()) return *change.outcome();
    if (last != Round::busy)
        return std::unexpected(NotChanged{change.was_opened(), change.outcome().error()});
    return std::unexpected(
        NotChanged{false, {Errc::busy, "somebody else is changing this right now: try again"}});
}

Result<Kept> change(const AccountStore& store, const RecordName& record, Opening how, const Decide& decide,
                    Rounds rounds, const SteadyTime& now) {
    auto changed = try_to_change(store, record, how, decide, rounds, now);
    if (!changed) return std::unexpected(std::move(changed.error().error));
    return *changed;
}

}  // namespace secondstep
