#pragma once

#include <sys/types.h>

#include <chrono>

#include "base/error.h"

namespace secondstep::process {

// The first thing in a main(): SIGCHLD and SIGALRM as they should be, not as whoever started this program had
// them. An exec hands on what is ignored (`trap '' CHLD; exec ...`) and blocked, and then the kernel forgets
// how a child ended before anybody can ask, and alarm(2) ends nothing.
void forget_inherited_signals() noexcept;

// Waits until the child has ended, however often a signal interrupts that: its status, as waitpid(2) has it.
// An error when nobody can say how it ended; never success.
[[nodiscard]] Result<int> status_of(pid_t child);
// The same; a child that still runs after `patience` is killed: timed_out.
[[nodiscard]] Result<int> status_of(pid_t child, std::chrono::milliseconds patience);

}  // namespace secondstep::process
