#pragma once

#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "fleet/authority.h"

namespace secondstep::tool {

// What the relay of a node shows: node.pem, node.key and authority.pem in its directory. All of it as the account that
// owns them.
struct NodeFiles {
    Secret key;               // PEM
    std::string certificate;  // PEM
    std::string authority;    // PEM
};

// To and from a pipe between two processes of one account each.
[[nodiscard]] Result<void> write_to(int fd, const NodeFiles& files);
[[nodiscard]] Result<NodeFiles> read_node_files(int fd);

// Whether those of this node and this authority are there, and good for a third of their time yet. Errors: io, untrusted.
[[nodiscard]] Result<bool> has_good_node_files(const std::string& directory, const std::string& node,
                                               const std::string& authority, UnixTime now);
// Whether exactly these are there. Errors: io, untrusted.
[[nodiscard]] Result<bool> has_these_node_files(const std::string& directory, const NodeFiles& files);
// In the places of those that are there. Errors: untrusted, io.
[[nodiscard]] Result<void> put_node_files(const std::string& directory, const NodeFiles& files);

}  // namespace secondstep::tool
