#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stacks/pam_control.h"
#include "stacks/remark.h"

namespace secondstep::tool {

enum class Facility : std::uint8_t { auth, account, password, session };

// One entry of the list that libpam walks through, with where it stands.
struct StackLine {
    enum class Kind : std::uint8_t {
        module,
        substack,  // stands before the lines of the file it names, which are one level deeper
        broken,    // libpam cannot read it, and lets the stack fail there
    };
    Kind kind = Kind::module;
    Facility facility = Facility::auth;
    Control control = Control::failing();
    std::string module;  // "pam_unix" of "/lib/security/pam_unix.so"
    std::string path;  // as it is written: "pam_unix.so", "/opt/x/pam_x.so"; for a substack the file it names
    std::vector<std::string> arguments;
    unsigned level = 0;
    std::string file;
    unsigned line = 0;
    unsigned last_line = 0;       // of a line that is continued; otherwise `line`
    bool may_be_missing = false;  // "-auth": libpam says nothing when there is no such module
    // The line of the service's own file through which this one came: itself, or an include of it.
    unsigned own_line = 0;
    std::string text;  // without comment, one blank between words

    [[nodiscard]] bool has(std::string_view argument) const;
};

// What one service does, with everything that it includes.
struct Stack {
    std::string service;
    std::vector<StackLine> lines;
    std::vector<std::string> included;  // names of files, each once
    Remarks problems;                   // lines that libpam cannot read

    [[nodiscard]] std::vector<StackLine> of(Facility facility) const;
};

// The text of DIRECTORY/NAME; nullopt if there is no such file.
using FileReader = std::function<std::optional<std::string>(const std::string& path)>;

// Follows `@include`, `include` and `substack` as libpam does: names are relative to `directory`. A file that
// includes itself, or one that is not there, is a broken line and a problem.
[[nodiscard]] Stack read_stack(const std::string& directory, const std::string& service,
                               const FileReader& read);

}  // namespace secondstep::tool
