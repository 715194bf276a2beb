#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/credential.h"
#include "accounts/policy_demands.h"
#include "base/clock.h"
#include "console/json_text.h"
#include "people/people_index.h"
#include "store/account_store.h"

namespace secondstep::tool {

// How an account stands, in one word.
// mismatch: the second step is that of another name or uid, and logins are unavailable until somebody says whose it is.
enum class AccountStatus { on, throttled, closed, off, exempt, re_enroll, mismatch, damaged };
[[nodiscard]] std::string_view to_text(AccountStatus status);

// Whatever is typed, a login ends as unavailable.
[[nodiscard]] bool is_unavailable(AccountStatus status);

// One account as `status` shows it.
struct AccountRow {
    std::string user;
    AccountStatus status = AccountStatus::off;
    bool enrolled = false;
    std::optional<Method> method;
    std::string address;  // where codes are sent, masked; empty: nowhere
    UnixTime last_used = never;
    UnixTime enrolled_at = never;
    std::optional<std::size_t> codes_left;
    std::size_t codes_total = 0;
    bool codes_confirmed = true;  // false: shown to somebody, or nobody, who never said that they are kept
    bool a_code_opens = true;     // they open a counter that is closed; scratch codes do not
    std::uint32_t failures = 0;   // of the counter that stands highest
    std::optional<UnixTime> until;
    std::optional<UnixTime> invited_until;
    std::optional<UnixTime> temporary_until;  // a temporary code is outstanding
    std::vector<std::string> devices;         // their names
    std::optional<UnixTime> due;              // not enrolled: the last moment at which that may be put off
    std::string rule;                         // that exempts
    bool left_over = false;                   // of somebody who is gone, and had no second step any more
    std::string note;                         // a few words
};

// From what the store says; `entry` is what the machine knows of the name now.
[[nodiscard]] AccountRow row_of(const std::string& user, const Result<Account>& account,
                                const std::optional<PasswdEntry>& entry, UnixTime now);
// Adds what the rules ask of somebody; see PolicyDemands.
void apply_demand(AccountRow& row, const PolicyDemands::Demand& demand, UnixTime now);
[[nodiscard]] Json to_json(const AccountRow& row);

}  // namespace secondstep::tool
