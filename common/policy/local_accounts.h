#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace secondstep {

// The accounts of passwd(5), by name. getpwnam(3) reads the file from its beginning for each look-up.
class LocalAccounts {
  public:
    struct Ids {
        uid_t uid;
        gid_t gid;
    };

    // As libc's "files" reads it: of two lines of a name the first counts, lines that are none are passed
    // over, "+" and "-" lines are nobody's.
    [[nodiscard]] static LocalAccounts parse(std::string_view passwd);

    [[nodiscard]] std::optional<Ids> find(const std::string& name) const;

  private:
    std::unordered_map<std::string, Ids> by_name_;
};

}  // namespace secondstep
