#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>

#include "base/file.h"
#include "fleet/host_desk.h"
#include "relay/envelope.h"
#include "secondstepd/event_loop.h"
#include "secondstepd/limits.h"
#include "secondstepd/sessions.h"

namespace secondstep::service {

// A connection of the relay until it is known what it brings: a guest, whose session it becomes, or a question about a
// host, which is answered. Whose certificate it is the relay says, and the registry says whose that is.
class GuestEntrance final : public EventLoop::Waiter,
                            public Entrant,
                            public std::enable_shared_from_this<GuestEntrance> {
  public:
    // Throws std::bad_alloc.
    [[nodiscard]] static std::shared_ptr<GuestEntrance> create(Sessions& sessions, UniqueFd socket,
                                                               fleet::HostDesk& desk, Limits& limits);

    void start() override { on_ready(); }
    void start_later() override;

    void on_ready() override;
    void on_time() override;
    bool on_end() override;

  private:
    GuestEntrance(Sessions& sessions, UniqueFd socket, fleet::HostDesk& desk, Limits& limits);

    using HostFound = Result<std::optional<fleet::Host>>;
    using Found = std::variant<HostFound, relay::Envelope>;

    // All of them: the session it has become, to be started without the lock.
    template <typename Event>
    [[nodiscard]] std::shared_ptr<Entrant> guarded(Event event);
    [[nodiscard]] std::shared_ptr<Entrant> read();
    [[nodiscard]] std::shared_ptr<Entrant> take(relay::Envelope envelope);
    [[nodiscard]] std::shared_ptr<Entrant> go_on();
    [[nodiscard]] std::shared_ptr<Entrant> welcome(const relay::Open& open, const HostFound& host);
    void begin(const std::shared_ptr<Entrant>& session);
    void ask_the_desk(relay::Envelope question);
    [[nodiscard]] bool hand_over(std::function<void()> job);
    void ask_on_a_worker();
    [[nodiscard]] bool is_closed();
    void await_more();
    void say(const relay::Envelope& last);
    void close();

    Sessions& sessions_;
    fleet::HostDesk& desk_;
    Limits& limits_;
    std::mutex mutex_;
    UniqueFd socket_;
    EventLoop::Place place_;
    std::optional<relay::From> from_;
    std::optional<relay::Envelope> question_;  // of the desk: a worker reads it
    bool is_with_a_worker_ = false;
    // What the desk has said. Nothing, and no worker has the question any more: there was no memory.
    std::optional<Found> found_;
};

}  // namespace secondstep::service
