#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "account_row.h"
#include "base/clock.h"
#include "policy/rules.h"

namespace secondstep::tool {

// What somebody will meet at a login, in one word and in sentences without a subject ("Is asked for ...").
struct Prospect {
    enum class Outcome { let_in, asked, refused, enrolls, unavailable };
    Outcome outcome;
    std::vector<std::string> sentences;
};
[[nodiscard]] std::string_view to_text(Prospect::Outcome outcome);

// Pure: from the rule that decides and how the account stands.
[[nodiscard]] Prospect prospect_of(const Policy& policy, const AccountRow& row, UnixTime now);

// "0", "90s", "30m", "8h", as the configuration writes it
[[nodiscard]] std::string duration_text(std::chrono::seconds duration);

}  // namespace secondstep::tool
