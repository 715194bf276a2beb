#pragma once

#include <sys/types.h>

#include "samples.h"

namespace secondstep::bench {

// What a process has used since it began.
struct Usage {
    Nanoseconds processor{};
    long waits = 0;        // voluntary context switches
    long preemptions = 0;  // involuntary ones

    Usage& operator+=(const Usage& other);
};
[[nodiscard]] Usage operator-(Usage later, const Usage& earlier);

// getrusage(2): this process, and its children that were waited for.
[[nodiscard]] Usage own_usage();
// Of a process with all its threads, to the nanosecond by its own clock (clock_getcpuclockid(3)): utime and stime of
// /proc/PID/stat are counted in jiffies. Context switches are those of the threads there are now.
[[nodiscard]] Usage usage_of(pid_t process);

// All processors together, in whatever process or the kernel. Counted in jiffies; of use where nothing else runs.
[[nodiscard]] Nanoseconds busy_machine();

}  // namespace secondstep::bench
