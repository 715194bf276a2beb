#pragma once

#include <map>
#include <optional>
#include <string>

#include "stacks/pam_stack.h"

namespace secondstep::testing {

// The stack of a service in /p, by the texts of its files.
[[nodiscard]] inline tool::Stack stack_of(const std::string& service,
                                          const std::map<std::string, std::string>& files) {
    return tool::read_stack("/p", service, [&files](const std::string& path) -> std::optional<std::string> {
        const auto found = files.find(path.substr(path.rfind('/') + 1));
        if (found == files.end()) return std::nullopt;
        return found->second;
    });
}

}  // namespace secondstep::testing
