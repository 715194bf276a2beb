#pragma once

#include <string_view>

namespace secondstep::tool {

// A service of a program that root runs for whoever comes (login, sshd, display managers), and not the person
// themselves (su, sudo): what asks for the caller's rights always gets root's there.
[[nodiscard]] bool runs_as_root(std::string_view service);

}  // namespace secondstep::tool
