#pragma once

#include <sys/types.h>

#include <string>

#include "base/error.h"
#include "people/people_index.h"

namespace secondstep::tool {

// As sysusers.d has them: whoever made the account first, it is the same.
struct SystemAccount {
    const char* name;
    const char* comment;
    const char* home;
};

// `useradd` without a shell in between. Its own messages go to stderr. Errors: io, with what to do.
[[nodiscard]] Result<void> add_system_account(const SystemAccount& account);

// A directory with this owner and mode, where there is none; one that is there stays as it is. True: it was made. With the
// final mode at once, and the owner changes through the descriptor, so that nobody can put another one in between.
// Errors: io.
[[nodiscard]] Result<bool> make_folder(const std::string& path, mode_t mode, uid_t owner, gid_t group);

}  // namespace secondstep::tool
