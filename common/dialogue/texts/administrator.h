#pragma once

#include <string>
#include <string_view>

namespace secondstep::messages {

// Whom people call, as it stands in a sentence; `contact`: the option of that name.
[[nodiscard]] inline std::string administrator(std::string_view contact) {
    return contact.empty() ? "the administrator" : "the administrator (" + std::string(contact) + ")";
}

}  // namespace secondstep::messages
