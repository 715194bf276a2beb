#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <set>
#include <vector>

#include "base/clock.h"
#include "policy/fleet_config.h"
#include "process/listening_socket.h"
#include "relay/envelope.h"
#include "relay/identity.h"
#include "relay/local_door.h"
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
    void begin(const std::shared_ptr<PacketLink>& local, Secret first);
    void tell(const std::shared_ptr<PacketLink>& local, Secret used);
    [[nodiscard]] NodesSeen nodes_seen() const;
    [[nodiscard]] NodeLink* home_of(const std::string& account);
    // For so long that somebody has to get in all the same; or for less, or because one does not know this host.
    [[nodiscard]] Loss loss_without_a_node() const;

    const std::size_t most_;  // conversations
    Identity identity_;
    LocalDoor door_;
    std::vector<std::unique_ptr<NodeLink>> nodes_;
    std::function<void()> ready_;
    bool begun_ = false;
};

}  // namespace secondstep::relay
