#include "store/rounds.h"

#include <algorithm>
#include <thread>

namespace secondstep {
namespace {

constexpr unsigned most_steps = 4;

}  // namespace

std::optional<Rounds::Milliseconds> Rounds::wait_after(Round ended) {
    if (ended == Round::over) return std::nullopt;
    const bool silent = ended == Round::unknown;
    unsigned& met = silent ? silences_ : rivals_;
    met = std::min(met + 1, most_steps);
    const Milliseconds wait = silent ? Milliseconds{10} * (met + 1) : Milliseconds{5} * met;
    if (wait > all_ || (ended == Round::busy && wait > lock_)) return std::nullopt;
    all_ -= wait;
    if (ended == Round::busy) lock_ -= wait;
    return wait;
}

Round sleep_through(Rounds& rounds, const std::function<Round()>& round, const SteadyTime& now) {
    for (;;) {
        const auto begun = now();
        const Round ended = round();
        rounds.took(std::chrono::duration_cast<Rounds::Milliseconds>(now() - begun));
        const auto wait = rounds.wait_after(ended);
        if (!wait) return ended;
        std::this_thread::sleep_for(*wait);
    }
}

}  // namespace secondstep
