#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>

#include "secondstepd/acceptor.h"
#include "secondstepd/break_glass_teller.h"
#include "secondstepd/event_loop.h"
#include "secondstepd/heartbeat.h"
#include "secondstepd/hosts_acceptor.h"
#include "secondstepd/limits.h"
#include "secondstepd/service_context.h"
#include "secondstepd/sessions.h"

namespace secondstep::service {

// The socket on which the relay of a node brings guests, and who answers for their hosts.
struct GuestsDoor {
    int listener;
    uid_t relay;
    fleet::HostDesk& desk;
};

// Accepts connections on one socket, or on two, and runs their sessions.
class Server {
  public:
    // The watch is fed as long as connections are accepted, times come and no thread hangs. Throws
    // std::system_error.
    Server(int listener, Limits& limits, ServiceContext& context, LifeWatch watch = {},
           std::optional<GuestsDoor> door = std::nullopt);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();  // as finish() and join(), however long that takes

    // With `threads` more than may hang in the name service at once. Throws std::system_error.
    void start(unsigned threads);

    // Accepts no more, ends the dialogues that wait, and returns when the others have ended: how many were
    // ended while they waited.
    std::size_t finish();
    // After finish(). False: after `grace` a thread still hung in the name service. It goes on, and everything
    // it uses must be left alone until the process ends.
    [[nodiscard]] bool join(std::chrono::milliseconds grace) { return loop_.join(grace); }

  private:
    void listen();
    EventLoop loop_;
    Sessions sessions_;
    Limits host_limits_{HostsAcceptor::numbers};
    std::shared_ptr<Acceptor> acceptor_;
    std::shared_ptr<HostsAcceptor> hosts_;  // nothing: this is no node of a fleet
    std::shared_ptr<BreakGlassTeller> teller_;
    std::shared_ptr<Heartbeat> heart_;
};

}  // namespace secondstep::service
