#pragma once

#include <cstddef>
#include <string>

#include "base/error.h"
#include "base/secret.h"
#include "console/exit_status.h"

namespace secondstep::tool {

// All that can be read from the descriptor, nothing of which stays in a buffer. Errors: too_large (more than
// `most` bytes), io.
[[nodiscard]] Result<Secret> read_secret(int fd, std::size_t most);

// The first line of a file of the caller's: a passphrase, a key. Stops after saying why not.
[[nodiscard]] OrExit<Secret> first_line_of(const std::string& path);

}  // namespace secondstep::tool
