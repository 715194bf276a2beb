#pragma once

#include <string>
#include <string_view>

namespace secondstep::messages {

// Instead of break_glass(): what keeps the host from its fleet is on the host.
[[nodiscard]] std::string break_glass_without_relay(std::string_view host);
// Instead of nodes_are_back(): the relay answers, and has not looked for them for as long as it takes to know.
[[nodiscard]] std::string nodes_are_looked_for();
// Likewise: one answers, and does not know this host; said of every login there, too. A new try does not help.
[[nodiscard]] std::string host_is_not_known();
// Likewise: one is up and says nothing.
[[nodiscard]] std::string node_does_not_answer_in_time();
// Likewise: this host is too busy to find out. Who sits at it is not sent to its console.
[[nodiscard]] std::string nodes_not_heard_of_in_time(bool is_at_the_machine);

}  // namespace secondstep::messages
