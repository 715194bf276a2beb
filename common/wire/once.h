#pragma once

#include <chrono>
#include <string>

#include "base/error.h"
#include "base/file.h"

namespace secondstep::wire {

// A service process of our own, for one dialogue.
struct Once {
    UniqueFd socket;   // SOCK_SEQPACKET, close-on-exec
    UniqueFd process;  // pidfd
};

struct OnceProgram {
    std::string path;
    std::string config;   // empty: the program's default
    std::string account;  // whose ids it runs with; never root's
};

// Starts `PATH --once [--config CONFIG]` with the other end of the socket as descriptor 3, /dev/null as 0 to
// 2, nothing else open, an empty environment, a session of its own, default signals, and the account's ids
// without further groups. Needs euid 0.
//
// The caller is a program we know nothing about: it may have threads (one of which holds malloc's lock),
// signal handlers and strange limits. So between clone3 and execve there are raw system calls only, its
// signal handlers do not run there (CLONE_CLEAR_SIGHAND), and it is not told by SIGCHLD when that fails. A
// limit that cannot be set ends the child: the dialogue then ends with `closed`. Errors: not_found (no such
// account), invalid, io.
[[nodiscard]] Result<Once> start_once(const OnceProgram& program);

// Waits for the end of that process, at most `patience`; then kills it through its descriptor. Its status is
// not looked at, what it had to say came through the socket; a host that reaped it first does no harm.
void end_once(const UniqueFd& process, std::chrono::milliseconds patience) noexcept;

}  // namespace secondstep::wire
