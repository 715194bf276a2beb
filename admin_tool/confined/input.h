#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/error.h"

namespace secondstep::confined {

// All that `fd` has to give, at most `most` bytes. Errors: too_large; io.
[[nodiscard]] Result<Bytes> read_input(int fd, std::size_t most);

}  // namespace secondstep::confined
