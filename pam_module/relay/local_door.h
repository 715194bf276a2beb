#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <set>
#include <string>

#include "process/listening_socket.h"
#include "relay/envelope.h"
#include "relay/journal.h"
#include "relay/packet_link.h"
#include "relay/reactor.h"

namespace secondstep::relay {

// Where programs of this machine come to the relay. Each says one thing first, within five seconds; it is answered, or carried on.
class LocalDoor {
  public:
    struct Rules {
        std::set<uid_t> allowed;
        std::string refusal;  // "may not ...": of anybody else, in the log
        std::size_t most;     // connections at a time
    };
    struct Calls {
        std::function<void(const std::shared_ptr<PacketLink>&, Secret)> first;
        std::function<void()> broken;  // nobody can come any more
    };
    // Throws std::system_error.
    LocalDoor(Reactor& reactor, const process::ListeningSocket& socket, Rules rules, Calls calls);

    void open();
    // Nothing more is heard of it.
    void answer(const std::shared_ptr<PacketLink>& local, const Envelope& last);
    // One that was carried on has come to its end.
    void ended();
    [[nodiscard]] std::size_t count() const { return count_; }

  private:
    void await();
    void accept();
    void receive(UniqueFd socket);
    void begin(const std::shared_ptr<PacketLink>& local, Secret first);
    void forget(const std::shared_ptr<PacketLink>& local);

    struct Waiting {
        Waiting(std::shared_ptr<PacketLink> who, Reactor& reactor)
            : local(std::move(who)), deadline(reactor) {}
        std::shared_ptr<PacketLink> local;
        Timer deadline;
    };

    Reactor& reactor_;
    const Rules rules_;
    const Calls calls_;
    Watched listener_;
    Timer again_;
    std::list<Waiting> waiting_;  // for their first packet
    journal::Sparing strangers_;
    std::size_t count_ = 0;
    bool full_ = false;
};

}  // namespace secondstep::relay
