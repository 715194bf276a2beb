#pragma once

#include <string>
#include <vector>

#include "account/state.h"
#include "console/json_text.h"

namespace secondstep::tool {

// Remembered clients on stdout, as a table; a sentence when there are none.
void show_clients(const std::string& user, const std::vector<RememberedClient>& clients);

// [{"service", "address", "since", "until"}], times in seconds since 1970: what the service says of them too.
[[nodiscard]] Json to_json(const std::vector<RememberedClient>& clients);
// What is not such a client is left out.
[[nodiscard]] std::vector<RememberedClient> clients_in(const Json& array);

}  // namespace secondstep::tool
