#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "console/exit_status.h"

namespace secondstep::tool {

// A file in somebody's home, read with its owner's rights.
struct HomeFile {
    std::string user;
    std::string path;
    Result<Secret> content;  // errors: untrusted, too_large, io; never not_found
};

// `name` in the home of every account that the machine lists (a directory service may list none) and that has
// such a file, in the order of the accounts. Each is read in a child with the effective ids of the home's
// owner, who cannot signal or trace it; it follows no link below the home (CVE-2024-47191), crosses into no
// other file system there, and is killed after ten seconds: a regular file of theirs with one link and at
// most `most` bytes. For root. Stops with unavailable when the list of accounts cannot be read.
[[nodiscard]] OrExit<std::vector<HomeFile>> files_in_homes(const std::string& name, std::size_t most);

}  // namespace secondstep::tool
