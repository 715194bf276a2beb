#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "store/account_store.h"

namespace secondstep::tool {

// What `status USER` adds under the row of one person: what the help desk has to know before it gives out,
// takes back or unlocks something. Never a code, a key, or more of an address than its network.
struct Detail {
    std::string label;  // "Temporary code"; empty: goes on with the one before
    std::string text;
};
[[nodiscard]] std::vector<Detail> details_of(const Account& account, UnixTime now);

// On a narrow terminal what goes on stands under the text, not under the label.
void show_details(const std::vector<Detail>& details);

}  // namespace secondstep::tool
