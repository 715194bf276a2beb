#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/error.h"

namespace secondstep::tool {

// What the tool wants to know of an account of the machine.
struct PasswdEntry {
    std::string name;       // canonical
    std::string full_name;  // the first field of pw_gecos; may be empty
    uid_t uid = 0;
    gid_t gid = 0;
    std::string home{};
};

// Returns nullopt if there is no such account. Errors: io (the name service could not tell).
[[nodiscard]] Result<std::optional<PasswdEntry>> look_up(const std::string& name);
[[nodiscard]] Result<std::optional<PasswdEntry>> look_up(uid_t uid);

// Looks up many. getpwnam reads /etc/passwd from its beginning for every name, so that 100,000 of them would
// take hours; after the first few the whole list is read once.
class PeopleIndex {
  public:
    // A name that is not in the list: LDAP does not list its accounts, so it is `asked` for one by one; or it
    // is taken as `absent` at once, which is what most names of a portal are.
    enum class Unlisted { asked, absent };
    explicit PeopleIndex(Unlisted unlisted = Unlisted::asked) : unlisted_(unlisted) {}
    [[nodiscard]] Result<std::optional<PasswdEntry>> find(const std::string& name);

  private:
    void load();
    static constexpr std::size_t few_ = 32;
    Unlisted unlisted_;
    std::size_t asked_ = 0;
    bool loaded_ = false;
    bool whole_ = false;  // nothing was missing from the list: who is not in it is not listed
    std::unordered_map<std::string, PasswdEntry> entries_;
};

// Members of a group, by the group's list and as primary group. Returns nullopt if there is no such group.
[[nodiscard]] Result<std::optional<std::unordered_set<std::string>>> members_of(const std::string& group);

// Whoever logs in here as a person: the accounts that the name service lists with a uid from UID_MIN to
// UID_MAX of `login_defs` (1000 to 60000 where it says nothing) and a shell that lets them in.
[[nodiscard]] std::vector<std::string> human_accounts(const std::string& login_defs = "/etc/login.defs");

}  // namespace secondstep::tool
