#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/secret.h"
#include "relay/reactor.h"

namespace secondstep::relay {

// A connection of packets to the service of this machine. What the other end does not take waits here; whoever sends
// asks waiting() before, and holds back. Calls come from the loop, and none after close() or the end.
class PacketLink : public std::enable_shared_from_this<PacketLink> {
  public:
    struct Calls {
        std::function<void(Secret)> packet;
        std::function<void()> end;      // the other end hung up, or sent what is too long
        std::function<void()> drained;  // something had to wait, and nothing does any more
    };

    // Throws std::system_error.
    [[nodiscard]] static std::shared_ptr<PacketLink> over(Reactor& reactor, UniqueFd socket);

    void start(Calls calls);  // and whoever is called from now on
    void send(Secret packet);
    [[nodiscard]] std::size_t waiting() const { return waiting_; }  // bytes

    // While paused nothing is read, and so the other end may send no more than the socket holds.
    void pause();
    void resume();

    void close();
    // Closes as soon as everything is written, or after two seconds.
    void close_when_sent();
    [[nodiscard]] bool is_open() const { return watched_.is_open(); }
    [[nodiscard]] int descriptor() const { return watched_.get(); }

  private:
    PacketLink(Reactor& reactor, UniqueFd socket);
    void read();
    void await_reading();
    void write();
    void write_again();
    void end();

    Watched watched_;
    Timer leaving_;
    Calls calls_;
    std::deque<Secret> queue_;
    std::size_t waiting_ = 0;
    bool started_ = false;
    bool reading_ = false;  // a wait is under way
    bool writing_ = false;
    bool paused_ = false;
    bool closing_ = false;
};

// Connects to a socket of this machine: of sequential packets, without waiting. Errors: unreachable (nobody listens),
// busy (too many wait there already), untrusted (the listener is neither root nor `owner`), io.
[[nodiscard]] Result<UniqueFd> connect_to(const std::string& path, uid_t owner);

}  // namespace secondstep::relay
