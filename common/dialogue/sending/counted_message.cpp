#include "dialogue/sending/counted_message.h"

#include <utility>

namespace secondstep::dialogue {

bool CountedMessage::host_admits() {
    if (!of_the_host_ || host_charged_) return true;
    host_charged_ = of_the_host_->budget != nullptr &&
                    of_the_host_->budget->admit(asker_, config_.sent_codes_per_host, of_the_host_->now);
    return host_charged_;
}

// The host is asked last: what the account may not be sent costs nobody else anything.
CountedMessage::Count CountedMessage::count(State& next) {
    outcome_ = Count::account_used_up;
    if (!may_send(next, asker_, config_.sent_codes_per_account, when_)) return outcome_;
    outcome_ = host_admits() ? Count::counted : Count::host_used_up;
    if (outcome_ == Count::counted) record_send(next, asker_, when_);
    return outcome_;
}

void CountedMessage::take_back(State& next) const {
    take_back_send(next, asker_, when_);
}

Result<Rewrite> CountedMessage::counted_in(const Account& present) {
    State next = present.state;
    if (count(next) != Count::counted) return LeaveAsItIs{};
    return WriteState{std::move(next)};
}

Result<Rewrite> CountedMessage::taken_back_from(const Account& present) const {
    State next = present.state;
    take_back(next);
    return WriteState{std::move(next), IfUnknown::recognised};
}

}  // namespace secondstep::dialogue
