#pragma once

#include <sys/types.h>

#include <string>

#include "base/error.h"
#include "base/file.h"
#include "base/randomness.h"

namespace secondstep {

// The file of the host's keys for whoever makes it: root, on behalf of the account that reads it, or that account.
class HostKeyFile {
  public:
    HostKeyFile(std::string path, uid_t owner, gid_t group);

    // True: it was missing. It is on the disk before it has its name, never takes another's place, and belongs
    // to the account in the end, also where somebody who made it was killed in between. Errors: not_found (its
    // directory), untrusted, io.
    [[nodiscard]] Result<bool> make(Randomness& randomness) const;

    // True: it was in other hands. Errors: not_found, untrusted, io.
    [[nodiscard]] Result<bool> hand_over() const;

  private:
    [[nodiscard]] Result<UniqueFd> directory() const;
    [[nodiscard]] Result<bool> hand_over(int directory) const;

    std::string path_;
    uid_t owner_;
    gid_t group_;
};

}  // namespace secondstep
