#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "accounts/account_row.h"
#include "base/clock.h"
#include "policy/outcome.h"

namespace secondstep::tool {

// What somebody will meet at a login, in one word and in sentences without a subject ("Is asked for ...").
struct LoginForecast {
    PolicyOutcome outcome;
    std::vector<std::string> sentences;
};
[[nodiscard]] std::string_view to_text(PolicyOutcome outcome);

// Pure: from the rules that may decide and how the account stands.
[[nodiscard]] LoginForecast forecast_of(const Possible& possible, const AccountRow& row, UnixTime now);

// "0", "90s", "30m", "8h", as the configuration writes it
[[nodiscard]] std::string duration_text(std::chrono::seconds duration);

}  // namespace secondstep::tool
