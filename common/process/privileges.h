#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>

#include "base/error.h"

namespace secondstep::process {

// What the process gives up before it reads anything secret.

// No core dumps, no reading of its memory by others of its uid; umask 077. To be called again after taking
// other ids: that makes a process dumpable as the system sees fit. Errors: io.
[[nodiscard]] Result<void> forbid_inspection();

// No new privileges through exec, for this process and all it starts. Errors: io.
[[nodiscard]] Result<void> forbid_new_privileges();

// Both. Errors: io.
[[nodiscard]] Result<void> shut_the_doors();

struct Ids {
    uid_t user;
    gid_t group;
};
// Errors: not_found (there is no such account: "run: secondstep setup"), invalid (it is root's), io.
[[nodiscard]] Result<Ids> ids_of(const std::string& account);

// As root: takes these ids and no further groups, for good. Errors: io.
[[nodiscard]] Result<void> take_ids(const Ids& ids);

// As root: takes the ids of `account` for good and shuts the doors. As anybody else: nothing, the process
// runs as who started it. Errors: those of ids_of() and take_ids().
[[nodiscard]] Result<void> become_account(const std::string& account);

// Raises the limit of open descriptors as far as it goes, and returns it.
[[nodiscard]] std::size_t raise_descriptor_limit();

}  // namespace secondstep::process
