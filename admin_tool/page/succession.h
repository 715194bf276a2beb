#pragma once

#include <cstdint>

#include "base/file.h"

namespace secondstep::page {

// One port, one page after another. A page whose tool is gone lingers, to say what became of its link; the
// next one shall not have to wait for that. They find each other by an abstract socket (unix(7)) named after
// the port. Any account of this machine may send to it, or take the name first: a page leaves early, or does
// not.

// Bound and non-blocking; not valid when the name is taken.
[[nodiscard]] UniqueFd listen_for_successor(std::uint16_t port);
// Takes everything that was sent to it.
void forget_requests(int socket);
// False: nobody is there.
[[nodiscard]] bool ask_to_leave(std::uint16_t port);

}  // namespace secondstep::page
