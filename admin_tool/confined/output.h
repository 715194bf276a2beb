#pragma once

#include "base/bytes.h"

namespace secondstep::confined {

// All of it to standard output, however often a signal interrupts. False: nobody takes it.
[[nodiscard]] bool write_output(ByteView bytes);

}  // namespace secondstep::confined
