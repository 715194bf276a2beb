#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace secondstep {

// What a machine is in a fleet: hosts ask a node, which judges.
enum class FleetPart : std::uint8_t {
    none,  // it judges by its own store, and has nothing to do with others
    host,  // it asks the nodes
    node,  // it judges, for its own logins and for the hosts that have joined
};

struct FleetConfig {
    struct Node {
        std::string name;
        std::string address;
        std::uint16_t port = 0;
        friend bool operator==(const Node&, const Node&) = default;
    };
    struct Listen {
        std::string address;  // empty: every address of this machine
        std::uint16_t port = 7464;
    };
    FleetPart part = FleetPart::none;
    std::vector<Node> nodes;  // of a host: whom it asks
    Listen listen;            // of a node
    // Who gets in with a code of the host itself while all nodes are down.
    std::vector<std::string> break_glass_users{"root"};
    // Certificate, its key, and the fleet's authority; they belong to `account`.
    std::string directory = "/etc/secondstep/fleet";
    std::string account = "secondstep-relay";  // of the program that has the network
    std::string relay_socket =
        "/run/secondstep-relay/relay.sock";  // of a host: where the relay waits for the service
    std::string hosts_socket =
        "/run/secondstep/hosts.sock";  // of a node: where the service waits for the relay
};

}  // namespace secondstep
