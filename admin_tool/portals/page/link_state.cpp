#include "portals/page/link_state.h"

#include <algorithm>

namespace secondstep::page {

LinkState::State LinkState::state(Time now) const {
    if (state_ != State::open) return state_;
    if (failures_ >= most_failures) return State::exhausted;
    return now < end_ ? State::open : State::expired;
}

std::chrono::seconds LinkState::left(Time now) const {
    return std::max(std::chrono::ceil<std::chrono::seconds>(end_ - now), std::chrono::seconds{0});
}

void LinkState::begin_judging() {
    if (state_ == State::open) state_ = State::judging;
}

void LinkState::accept() {
    if (state_ == State::judging) state_ = State::used;
}

void LinkState::refuse() {
    if (state_ != State::judging) return;
    state_ = State::open;
    count_failure();
}

void LinkState::count_failure() {
    ++failures_;
}

void LinkState::close(Time now) {
    const State at_present = state(now);
    if (at_present == State::open || at_present == State::judging) state_ = State::closed;
}

}  // namespace secondstep::page
