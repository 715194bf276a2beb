#pragma once

#include <sys/types.h>

#include <string>

#include "base/error.h"
#include "base/file.h"

namespace secondstep {

// A directory of the store is believed when it is the owner's and closed to everybody else. Errors: untrusted (says how
// to mend it), io.
[[nodiscard]] Result<void> check_owned_folder(int fd, const std::string& name, uid_t owner);

// Without following a link. Errors: not_found, and as above.
[[nodiscard]] Result<UniqueFd> open_owned_folder(int directory, const char* name, uid_t owner);

}  // namespace secondstep
