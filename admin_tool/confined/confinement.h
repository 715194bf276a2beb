#pragma once

#include <chrono>
#include <cstddef>
#include <initializer_list>

#include "base/error.h"

namespace secondstep::confined {

// What decodes a stranger's file may be taken over by it: the libraries are large, and such files are made to
// attack them. So before the first byte is read the process gives up all but this: reading descriptor 0, writing
// descriptor 1, memory, the time, and its end.

struct Limits {
    std::size_t memory = 640UL * 1024 * 1024;  // address space, libraries included
    std::chrono::seconds processor{15};
    std::chrono::seconds life{18};
};

// System calls that fail (EACCES) where all others kill: those a library makes which goes on without them.
using Failing = std::initializer_list<int>;

// Memory, processor time (SIGXCPU says what it was, before SIGKILL does), no files, no descriptors, no
// children, no core dump; and SIGALRM after `life`. Errors: io.
[[nodiscard]] Result<void> limit_resources(const Limits& limits);

// From here on every other system call kills the process (seccomp). There is no way back. Errors:
// unsupported (the kernel has no such filter).
[[nodiscard]] Result<void> forbid_system_calls(Failing failing = {});

// All of it, and nobody may look into the process, and no exec gives it privileges. On an error the process
// must end without looking at anything.
[[nodiscard]] Result<void> confine(const Limits& limits, Failing failing = {});

}  // namespace secondstep::confined
