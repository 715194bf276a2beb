#pragma once

#include <sys/types.h>

#include <array>
#include <exception>
#include <memory>
#include <mutex>
#include <string>

#include "base/file.h"
#include "secondstepd/event_loop.h"
#include "secondstepd/limits.h"
#include "secondstepd/sessions.h"
#include "secondstepd/subordinate_uids.h"

namespace secondstep::service {

// Accepts connections and begins their sessions, on the thread that the kernel woke for them. Whatever fails
// with one, it goes on to accept others.
class Acceptor : public EventLoop::Waiter {
  public:
    // Has a descriptor of its own for the socket. Throws std::system_error.
    Acceptor(int listener, Limits& limits, Sessions& sessions, std::string subuid = "/etc/subuid");

    // Called again it makes sure that no connection was missed. Throws std::system_error.
    void listen(const std::shared_ptr<Acceptor>& self);

    void on_ready() override { accept_some(); }
    void on_time() override { accept_some(); }
    bool on_end() override;

  protected:
    // Nothing: it is closed, and somebody was told why. May throw.
    [[nodiscard]] virtual std::shared_ptr<Entrant> admit(UniqueFd socket);
    [[nodiscard]] Sessions& sessions() { return sessions_; }

  private:
    static constexpr std::size_t accepts_in_a_row = 16;  // then another thread has a look
    using Accepted = std::array<std::shared_ptr<Entrant>, accepts_in_a_row>;

    void accept_some();
    [[nodiscard]] std::size_t accept_in_a_row(Accepted& accepted);
    void pause(int error);
    [[nodiscard]] std::shared_ptr<Entrant> new_entrant(UniqueFd socket);
    void begin(const Accepted& accepted, std::size_t count);
    void again_at(EventLoop::Time time);
    template <typename Words>
    void warn(Words words) noexcept;

    UniqueFd listener_;  // open to the end of the process: a thread may be about to accept from it
    Limits& limits_;
    Limits turned_away_;
    SubordinateUids subordinates_;
    Sessions& sessions_;
    ServiceContext& context_;
    std::mutex mutex_;
    EventLoop::Place place_;
    bool listening_ = false;
};

}  // namespace secondstep::service
