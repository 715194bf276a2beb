#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stacks/pam_stack.h"

namespace secondstep::tool {

// Of whom sudo asks the password, and with it the code.
enum class SudoAsks : std::uint8_t {
    caller,
    root,             // rootpw
    default_account,  // runaspw: the one of runas_default, root unless something else is written
    target,           // targetpw: whom the command runs as
};
[[nodiscard]] std::string_view flag_of(SudoAsks whom);  // "targetpw"; "" for the caller

// What sudoers(5) says of this: the Defaults lines of a file and of everything it includes.
class Sudoers {
  public:
    // The names in a directory, without it; nullopt if it cannot be read.
    using DirectoryReader = std::function<std::optional<std::vector<std::string>>(const std::string& path)>;
    [[nodiscard]] static Sudoers read(const std::string& path, const FileReader& files,
                                      const DirectoryReader& directories);

    struct Answer {
        SudoAsks whom = SudoAsks::caller;
        std::string file;  // where it is said; empty for the caller by default
        unsigned line = 0;
    };
    [[nodiscard]] Answer for_everybody() const;
    // Where it is said of some people, hosts, commands or targets alone ("Defaults:alice targetpw"): the first.
    [[nodiscard]] std::optional<Answer> for_some() const;
    // Files that could not be read: then what is said here is not all.
    [[nodiscard]] const std::vector<std::string>& unread() const { return unread_; }

  private:
    struct Setting {
        SudoAsks flag;
        bool on;
        bool for_all;
        std::string file;
        unsigned line;
    };
    class Reader;
    std::vector<Setting> settings_;
    std::vector<std::string> unread_;
};

// What root's `sudo -V` prints says of everybody, whatever source sudo reads (LDAP, sssd). Returns nullopt if this
// is not such an answer.
[[nodiscard]] std::optional<SudoAsks> asked_by_settings_of_sudo(std::string_view output);

}  // namespace secondstep::tool
