#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "base/file.h"

namespace secondstep::page {

// The port of a page, taken by the tool: that may be one under 1024, and whoever holds it is told apart with
// the tool's rights. The page's process listens on it once it has given root up.
//
// A page whose tool is gone lingers on its port, to say what became of its link; the next page must not have
// to wait for that. Those of one user find each other by a socket in a directory that belongs to that user
// alone (`directory`): a name that anybody may take is taken by somebody in order to stop the next page.
// Those of several users find each other by such a name (an abstract socket, unix(7)), as long as it is
// theirs: any account may ask a page that lingers to leave early.
struct Port {
    UniqueFd socket;  // bound, not listening, non-blocking
    // Where the next page asks for the port: one of the same user, one of anybody. Not valid: it has to wait.
    UniqueFd successor_calls;
    UniqueFd strangers_call;
    std::uint16_t number = 0;
};

// `address` empty: every address of this machine, IPv4 too whatever net.ipv6.bindv6only says: the other half
// of the port would be anybody's. Asks a page that only lingers there to leave. Errors: invalid (no such
// address), exists (says whose it is), not_allowed (a port under 1024), io.
[[nodiscard]] Result<Port> take_port(const std::string& address, std::uint16_t port,
                                     const std::string& directory);

// Where pages of this user find each other: root's is made. Empty: there is none; pages wait then.
[[nodiscard]] std::string directory_for_pages();

// Takes everything that was sent to it.
void forget_requests(int socket);

}  // namespace secondstep::page
