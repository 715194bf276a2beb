#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "relay/fleet_certificates.h"
#include "relay/packet_peer.h"
#include "support/logged_process.h"
#include "support/temporary_directory.h"

namespace secondstep::testing {

class RelayProcess : public LoggedProcess {
  public:
    explicit RelayProcess(const std::string& config);  // in the foreground
    explicit RelayProcess(Start start);
};

// A fleet on loopback: an authority, nodes and hosts with their directories and configurations. As root the relays run as
// nobody.
class RelayWorld {
  public:
    RelayWorld();

    // Of a machine: a folder of its own, with what its part needs. `certificate`: nothing for a good one.
    struct Machine {
        std::string name;
        std::string config;      // path
        std::string directory;   // fleet_directory
        std::string socket;      // relay_socket or hosts_socket
        std::uint16_t port = 0;  // of a node
        std::string certificate;
    };
    Machine node(const std::string& name, std::optional<FleetAuthority::Issued> shown = {});
    Machine host(const std::string& name, const std::vector<Machine>& nodes,
                 std::optional<FleetAuthority::Issued> shown = {});
    // The options of a host that has not joined: no file is in its directory.
    Machine stranger(const std::string& name, const std::vector<Machine>& nodes);

    [[nodiscard]] const FleetAuthority& authority() const { return authority_; }
    [[nodiscard]] std::string path(const std::string& name) const { return directory_.file(name); }
    void put_certificate(const Machine& machine, const std::string& part, const FleetAuthority::Issued& shown,
                         const std::string& authority) const;

  private:
    Machine machine(const std::string& name, const std::string& options);
    TemporaryDirectory directory_;
    FleetAuthority authority_;
};

[[nodiscard]] std::uint16_t free_port();
[[nodiscard]] std::string nodes_option(const std::vector<RelayWorld::Machine>& nodes);
void write_file(const std::string& path, const std::string& content, unsigned mode, bool for_nobody);
[[nodiscard]] std::string content_of(const std::string& path);

[[nodiscard]] relay::Open open_of(const std::string& account, const std::string& hello = "hello");

}  // namespace secondstep::testing
