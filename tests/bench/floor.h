#pragma once

#include <string>

#include "samples.h"

namespace secondstep::bench {

// E: open + flock + read + pwrite of 32 bytes + fdatasync + close on `file`, the floor for anything durable.
[[nodiscard]] Nanoseconds durable_write(const std::string& file);

}  // namespace secondstep::bench
