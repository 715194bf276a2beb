#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "policy/local_accounts.h"

namespace secondstep {

// The sources of the machine's name service (nsswitch.conf), asked one by one.
//
// getpwnam_r, getgrnam_r and getgrouplist cannot say that a source failed: of several, the last one's word
// counts ("ldap files": a directory that is away is "not found"), the list of groups has no failure at all,
// and errno does not tell (nslcd's client says ENOENT when its daemon is away). What libc found is right;
// that it found nothing is certain only when no source failed.
class NameSources {
  public:
    // Copies share what they have read of the files, which are looked at each time.
    explicit NameSources(std::string nsswitch = "/etc/nsswitch.conf", std::string passwd = "/etc/passwd");

    // Of a name or uid that libc did not find. Errors: io (a source failed, or has it; says which and why).
    [[nodiscard]] Result<void> none_has_account(const std::string& name) const;
    [[nodiscard]] Result<void> none_has_account(uid_t uid) const;
    [[nodiscard]] Result<void> none_has_group(const std::string& name) const;

    struct Groups {
        std::vector<gid_t> ids;  // that the sources gave
        std::string failure;     // "ldap: Connection refused"; empty: every source answered
    };
    [[nodiscard]] Groups groups_of(const std::string& name, gid_t primary) const;

    // What getpwnam answers without asking any other source, because /etc/passwd comes first. Nothing: it is
    // not there, or another source may know better.
    [[nodiscard]] std::optional<LocalAccounts::Ids> local_account(const std::string& name) const;

  private:
    struct Kept;
    std::shared_ptr<Kept> kept_;
};

}  // namespace secondstep
