#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stacks/libpam_rules.h"

namespace secondstep::tool {

// The machine's own libpam, by what stands in its file.
struct LibpamHere {
    std::optional<LibpamRules> rules;             // nothing: no libpam that is known
    std::vector<std::string> module_directories;  // where it looks for "pam_unix.so"
};
// `path`: empty for the one that programs of this machine get.
[[nodiscard]] LibpamHere libpam_here(const std::string& path);

// "...\0/lib/x86_64-linux-gnu/security/\0..." => "/lib/x86_64-linux-gnu/security"
[[nodiscard]] std::vector<std::string> module_directories_in(std::string_view bytes);

}  // namespace secondstep::tool
