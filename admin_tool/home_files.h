#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "exit_status.h"

namespace secondstep::tool {

// A file in somebody's home, read with his rights.
struct HomeFile {
    std::string user;
    std::string path;
    Result<Secret> content;  // errors: untrusted, too_large, io; never not_found
};

// `name` in the home of every account of the machine that has such a file, in the order of the accounts. Each
// is read in a child that has the ids of the home's owner, that follows no link below the home
// (CVE-2024-47191) and does not wait for a device or a pipe: a regular file of his own with one link and at
// most `most` bytes. For root. Stops with unavailable when the list of accounts cannot be read.
[[nodiscard]] OrExit<std::vector<HomeFile>> files_in_homes(const std::string& name, std::size_t most);

}  // namespace secondstep::tool
