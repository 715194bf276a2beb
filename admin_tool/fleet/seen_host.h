#pragma once

#include <chrono>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "console/json_text.h"
#include "fleet/records.h"
#include "relay/envelope.h"

namespace secondstep::tool {

// What the relay of a node says of its hosts, beside what the registry says. Version and clock are the word of each host itself.

// Nothing: it was not connected since the relay began.
[[nodiscard]] const relay::HostSeen* seen_of(const relay::HostsSeen& seen, const std::string& host);

// "agrees", "1.5 s ahead", "2 hours behind"
[[nodiscard]] std::string clock_in_words(std::chrono::milliseconds ahead);

// On the screen: a table, or why there is none. `seen` was true `now`.
void show_seen(const fleet::HostList& list, const Result<relay::HostsSeen>& seen, UnixTime now);

// Whether it answers, and since when it runs, or why not.
[[nodiscard]] Json relay_to_json(const Result<relay::HostsSeen>& seen, UnixTime now);
// Into what to_json() made of the list: what is not known is null.
void add_seen(Json& hosts, const Result<relay::HostsSeen>& seen, UnixTime now);

}  // namespace secondstep::tool
