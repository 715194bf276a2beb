#include "wire/outbox.h"

#include <utility>

namespace secondstep::wire {

Result<void> Outbox::put(const Message& message) {
    if (due()) return fail(Errc::invalid, "a message behind one that has to be sent first");
    Result<void> done = append(packet_, message, version_);
    if (!done && done.error().code == Errc::too_large && !packet_.empty())
        done = append(next_, message, version_);
    if (done) has_ended_ = ends_packet(message);
    return done;
}

bool Outbox::due() const noexcept {
    return !packet_.empty() && (has_ended_ || !next_.empty() || !has_shared_packets(version_));
}

void Outbox::sent() noexcept {
    packet_ = std::exchange(next_, Secret{});
}

void Outbox::drop() noexcept {
    packet_.wipe();
    next_.wipe();
}

}  // namespace secondstep::wire
