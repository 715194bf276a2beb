#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"

namespace secondstep {

// An account as the machine's name service knows it.
struct Person {
    std::string name;  // canonical, pw_name
    uid_t uid = 0;
    std::vector<std::string> groups;        // of those asked for, the ones the person is in
    std::vector<std::string> known_groups;  // of those asked for, the ones that exist
};

// A port. Implementations may block for long (LDAP): call it in a worker, never on an I/O thread.
class People {
  public:
    People() = default;
    People(const People&) = delete;
    People& operator=(const People&) = delete;
    virtual ~People() = default;
    // Nothing: there is no such account. Errors: io, the name service could not tell; not_found, there is no
    // such account and one of `groups` does not exist either (a misspelt group must not answer differently
    // for names that exist and names that do not).
    [[nodiscard]] virtual Result<std::optional<Person>> find(
        const std::string& name, const std::vector<std::string>& groups) const = 0;
};

class NameServicePeople final : public People {  // getpwnam_r, getgrnam_r, getgrouplist
  public:
    [[nodiscard]] Result<std::optional<Person>> find(const std::string& name,
                                                     const std::vector<std::string>& groups) const override;
};

}  // namespace secondstep
