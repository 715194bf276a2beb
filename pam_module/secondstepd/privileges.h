#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>

#include "base/error.h"

namespace secondstep::service {

// What the process gives up before it reads anything secret.

// No core dumps, no reading of its memory by others of its uid, no new privileges through exec; umask 077. To
// be called again after become_account(): changing ids makes a process dumpable as the system sees fit.
[[nodiscard]] Result<void> shut_the_doors();

// As root: takes the ids of `account` for good. As anybody else: nothing, the process runs as who started it.
// Errors: not_found (there is no such account: "run: secondstep setup"), invalid (it is root's), io.
[[nodiscard]] Result<void> become_account(const std::string& account);

// Raises the limit of open descriptors as far as it goes, and returns it.
[[nodiscard]] std::size_t raise_descriptor_limit();

}  // namespace secondstep::service
