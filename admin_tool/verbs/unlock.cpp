#include <algorithm>
#include <cstdint>

#include "access/one_user.h"
#include "console/json_text.h"
#include "console/output.h"
#include "people/audit.h"

namespace secondstep::tool {

namespace {

// Clears every counter; how many failures there were in all.
std::uint64_t clear_failures(State& state) {
    std::uint64_t failures = 0;
    const auto clear = [&failures](Failures& counter) {
        failures += counter.count;
        counter = {};
    };
    clear(state.strangers);
    clear(state.own_uid);
    clear(state.trusted_callers);
    for (KnownSource& known : state.known)
        clear(known.failures);
    // Those of the last day that no success has cleared: held back by them alone, codes wait too.
    const RecentFailures& recent = state.recent;
    const std::uint64_t of_a_day =
        recent.strangers.size() + recent.own_uid.size() + recent.trusted_callers.size() + recent.known.size();
    state.recent = {};
    return std::max(failures, of_a_day);
}

// Somebody who is not enrolled yet may have to wait too: wrong registration codes count.
OrExit<Kept> change(const StoreSession& session, const NamedAccount& subject, const Decide& decide) {
    constexpr std::string_view undone = "not unlocked";
    const auto present = session.store->read(subject.record());
    State state = present ? present->state : State{};
    const bool invited = present && !present->credential && clear_failures(state) > 0;
    return invited ? change_known(session, subject, undone, decide)
                   : change_enrolled(session, subject, undone, decide);
}

void report(const OneUser& user, std::uint64_t failures) {
    if (user.json()) {
        out().verbatim(dump({{"user", user.name()}, {"changed", failures > 0}, {"failures", failures}}));
    } else if (failures == 0) {
        out().line(user.name() + " had no failed attempts; nothing changed.");
    } else {
        out().line(user.name() + ": " + std::to_string(failures) +
                   " failed attempts forgotten. The next code is judged at once.");
    }
}

Exit clear(const StoreSession& session, const OneUser& user) {
    std::uint64_t failures = 0;
    const auto kept = change(session, user.subject, [&](const Account& present) -> Result<Rewrite> {
        State next = present.state;
        failures = clear_failures(next);
        if (failures == 0) return LeaveAsItIs{};
        return WriteState{std::move(next)};
    });
    if (!kept) return kept.error();
    if (failures > 0) audit("unlock", user.name(), "failures=" + std::to_string(failures));
    report(user, failures);
    return Exit::done;
}

}  // namespace

Exit unlock(const Command& command, const Invocation& invocation) {
    const auto user = one_user(command, invocation, json_option("{\"user\", \"changed\", \"failures\"}"));
    if (!user) return user.error();
    return run_for(*user, [&](StoreSession& session) { return clear(session, *user); });
}

}  // namespace secondstep::tool
