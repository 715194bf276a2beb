#include "relay/service_door.h"

#include <utility>

namespace secondstep::relay {

Result<std::shared_ptr<PacketLink>> ServiceDoor::connect(const From& from) const {
    Result<UniqueFd> socket = connect_to(path_, owner_);
    if (!socket) return std::unexpected(socket.error());
    Result<Secret> first = encode(from);
    if (!first) return std::unexpected(first.error());
    std::shared_ptr<PacketLink> link = PacketLink::over(reactor_, std::move(*socket));
    link->send(std::move(*first));
    return link;
}

ServiceDoor::Question::Question(const ServiceDoor& door, const From& from, Secret question,
                                std::chrono::milliseconds patience, Answered answered)
    : door_(door),
      from_(from),
      question_(std::move(question)),
      patience_(door.reactor_),
      again_(door.reactor_),
      answered_(std::move(answered)) {
    patience_.after(patience, [this] { answer(fail(Errc::timed_out, "the service does not answer")); });
    ask();
}

void ServiceDoor::Question::ask() {
    auto link = door_.connect(from_);
    if (link) return put(std::move(*link));
    if (link.error().code == Errc::busy) return again_.after(between_attempts, [this] { ask(); });
    // Never before whoever asks holds this.
    again_.after(std::chrono::milliseconds{0},
                 [this, error = link.error()] { answer(std::unexpected(error)); });
}

void ServiceDoor::Question::put(std::shared_ptr<PacketLink> link) {
    link_ = std::move(link);
    link_->send(std::move(question_));
    link_->start({.packet = [this](const Secret& packet) { answer(decode(packet.bytes())); },
                  .end = [this] { answer(fail(Errc::closed, "the service hung up")); },
                  .drained = {}});
}

ServiceDoor::Question::~Question() {
    if (link_) link_->close();
}

// May destroy this.
void ServiceDoor::Question::answer(Result<Envelope> answer) {
    patience_.cancel();
    again_.cancel();
    if (link_) link_->close();
    const auto call = std::move(answered_);
    if (call) call(std::move(answer));
}

}  // namespace secondstep::relay
