#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "policy/certainty.h"
#include "policy/name_sources.h"

namespace secondstep {

// An account as the machine's name service knows it.
struct Person {
    std::string name;  // canonical, pw_name
    uid_t uid = 0;
};

// Of the groups that were asked for. Of one in neither list it cannot be told: it does not exist, or
// `failure` says why.
struct Membership {
    std::vector<std::string> groups;        // the person is in these
    std::vector<std::string> known_groups;  // of these it is known
    std::string failure{};                  // of the name service; empty: it answered everything

    [[nodiscard]] Certainty in(const std::string& group) const;
};

// What the name service said about a name.
struct LookedUp {
    std::optional<Person> person;  // nothing: there is no such account
    // Also of nobody, who is in no group: a misspelt group must not answer differently for names that exist
    // and names that do not.
    Membership membership{};
};

// A port. Implementations may block for long (LDAP): call it in a worker, never on an I/O thread.
class People {
  public:
    People() = default;
    People(const People&) = delete;
    People& operator=(const People&) = delete;
    virtual ~People() = default;
    // Called with the person as soon as there is one, before the groups are asked for: a directory may let
    // whoever waits for them wait for ever.
    using Early = std::function<void(const Person&)>;
    // Errors: io (whether there is such an account could not be told).
    [[nodiscard]] virtual Result<LookedUp> find(const std::string& name,
                                                const std::vector<std::string>& groups,
                                                const Early& early) const = 0;
    [[nodiscard]] Result<LookedUp> find(const std::string& name,
                                        const std::vector<std::string>& groups) const {
        return find(name, groups, [](const Person&) {});
    }
    // Who has the name whatever directories say, when they say nothing: of this machine's own accounts. Whom
    // this finds find() finds, too. Does not block for long.
    [[nodiscard]] virtual std::optional<Person> find_here(const std::string& name) const = 0;
};

// /etc/passwd where it comes first, getpwnam_r, getgrnam_r, getgrouplist, and each source.
class NameServicePeople final : public People {
  public:
    explicit NameServicePeople(NameSources sources = NameSources()) : sources_(std::move(sources)) {}
    using People::find;
    [[nodiscard]] Result<LookedUp> find(const std::string& name, const std::vector<std::string>& groups,
                                        const Early& early) const override;
    // As getpwnam answers without asking anybody else, where /etc/passwd comes first.
    [[nodiscard]] std::optional<Person> find_here(const std::string& name) const override;

  private:
    [[nodiscard]] LookedUp described(Person person, gid_t primary, const std::vector<std::string>& groups,
                                     const Early& early) const;
    const NameSources sources_;
};

}  // namespace secondstep
