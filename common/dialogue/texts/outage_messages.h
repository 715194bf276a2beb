#pragma once

#include <string>
#include <string_view>

namespace secondstep::messages {

// Instead of break_glass(): what keeps the host from its fleet is on the host.
[[nodiscard]] std::string break_glass_without_relay(std::string_view host);
// Instead of nodes_are_back(): it is not known yet whether one is.
[[nodiscard]] std::string nodes_may_be_back();

}  // namespace secondstep::messages
