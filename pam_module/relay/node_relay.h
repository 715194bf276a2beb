#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "policy/fleet_config.h"
#include "process/listening_socket.h"
#include "relay/host_link.h"
#include "relay/journal.h"
#include "relay/local_door.h"
#include "relay/newcomers.h"
#include "relay/node_certificate.h"
#include "relay/reactor.h"
#include "relay/seen_hosts.h"
#include "relay/service_door.h"

namespace secondstep::relay {

// Where a node waits for hosts. Errors: exists (the port is taken), not_allowed, invalid, io.
[[nodiscard]] Result<UniqueFd> listen_for_hosts(const FleetConfig::Listen& where);

// The relay of a node: takes the connections of hosts, and carries what they ask to the service of this machine.
class NodeRelay {
  public:
    // Throws std::system_error.
    NodeRelay(Reactor& reactor, UniqueFd listener, const FleetConfig& config, uid_t service,
              const Clock& clock, std::size_t descriptors);

    // Errors: those of NodeCertificate::load().
    [[nodiscard]] Result<void> load_certificate() { return certificate_.load(); }
    // Beside hosts it answers these accounts of this machine, who ask which hosts it hears. Throws std::system_error.
    void answer_questions(const process::ListeningSocket& socket, std::set<uid_t> allowed);
    void start();
    void close();

  private:
    using Id = Newcomers::Id;
    void await_host();
    void accept();
    void receive(UniqueFd socket, const std::string& address);
    void shown(Id id, const std::string& address);
    void ended(Id id);
    void answer(const std::shared_ptr<PacketLink>& local, const Secret& question);
    [[nodiscard]] HostsSeen hosts_after(const std::string& name) const;

    Reactor& reactor_;
    const ServiceDoor door_;
    NodeCertificate certificate_;
    Watched listener_;
    Timer again_;
    journal::Sparing strangers_;
    const std::size_t most_;  // connections
    Newcomers newcomers_;     // who has shown no certificate
    Newcomers undecided_;     // who has, and of whom the service has not said that it is a host
    Id next_id_ = 0;
    std::map<Id, std::shared_ptr<HostLink>> links_;
    std::map<std::array<std::uint8_t, 32>, std::vector<Id>> of_host_;
    bool full_ = false;
    SeenHosts seen_;
    std::optional<LocalDoor> questions_;
};

}  // namespace secondstep::relay
