#pragma once

#include <sys/types.h>

#include <functional>
#include <list>
#include <memory>
#include <set>
#include <vector>

#include "base/clock.h"
#include "policy/fleet_config.h"
#include "process/listening_socket.h"
#include "relay/envelope.h"
#include "relay/identity.h"
#include "relay/journal.h"
#include "relay/node_link.h"
#include "relay/packet_link.h"
#include "relay/reactor.h"

namespace secondstep::relay {

// The relay of a host: takes conversations from the service of this machine, and carries each to a node that is up.
class HostRelay {
  public:
    // `allowed`: who may connect. Throws std::system_error.
    HostRelay(Reactor& reactor, const process::ListeningSocket& socket, const FleetConfig& config,
              std::set<uid_t> allowed, const Clock& clock, std::size_t descriptors);

    // Conversations are taken as soon as a node is up, or none is: then `ready` is called.
    void start(std::function<void()> ready);

  private:
    void begin_if_decided();
    void await_conversation();
    void accept();
    void receive(UniqueFd socket);
    void begin(const std::shared_ptr<PacketLink>& local, Secret first);
    void tell(const std::shared_ptr<PacketLink>& local, Secret used);
    void answer(const std::shared_ptr<PacketLink>& local, const Envelope& last);
    [[nodiscard]] NodesSeen nodes_seen() const;
    [[nodiscard]] NodeLink* home_of(const std::string& account);
    // For so long that somebody has to get in all the same; or for less.
    [[nodiscard]] Loss loss_without_a_node() const;
    void forget(const std::shared_ptr<PacketLink>& local);
    void ended();

    struct Waiting {
        Waiting(std::shared_ptr<PacketLink> who, Reactor& reactor)
            : local(std::move(who)), deadline(reactor) {}
        std::shared_ptr<PacketLink> local;
        Timer deadline;
    };

    Reactor& reactor_;
    const std::set<uid_t> allowed_;
    Identity identity_;
    Watched listener_;
    Timer again_;
    std::vector<std::unique_ptr<NodeLink>> nodes_;
    std::list<Waiting> waiting_;  // for their first packet
    journal::Sparing strangers_;
    std::function<void()> ready_;
    const std::size_t most_;  // conversations
    std::size_t count_ = 0;
    bool begun_ = false;
    bool full_ = false;
};

}  // namespace secondstep::relay
