#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "account/credential.h"
#include "base/clock.h"
#include "json_text.h"
#include "people_index.h"
#include "policy/rules.h"
#include "store/account_store.h"

namespace secondstep::tool {

// How an account stands, in one word.
enum class Standing { on, throttled, closed, off, exempt, re_enroll, damaged };
[[nodiscard]] std::string_view to_text(Standing standing);

// One account as `status` shows it.
struct AccountRow {
    std::string user;
    Standing standing = Standing::off;
    bool enrolled = false;
    std::optional<Method> method;
    UnixTime last_used = never;
    UnixTime enrolled_at = never;
    std::optional<std::size_t> codes_left;
    std::size_t codes_total = 0;
    std::uint32_t failures = 0;  // of the counter that stands highest
    std::optional<UnixTime> until;
    std::string rule;  // that exempts
    std::string note;  // a few words
};

// From what the store says; `entry` is what the machine knows of the name now.
[[nodiscard]] AccountRow row_of(const std::string& user, const Result<Account>& account,
                                const std::optional<PasswdEntry>& entry, UnixTime now);
[[nodiscard]] Json to_json(const AccountRow& row);

// Which rule frees somebody on every service and from everywhere. Knows the groups the rules mention.
class Exemptions {
  public:
    explicit Exemptions(const Rules& rules);
    // The rule's name; "the default" when no rule has a say. Nothing: not exempt, or not on every way in.
    [[nodiscard]] std::optional<std::string> rule_for(const std::string& user) const;

  private:
    const Rules& rules_;
    bool any_ = false;
    std::unordered_map<std::string, std::unordered_set<std::string>> members_;
    std::vector<std::string> known_groups_;
};

[[nodiscard]] std::string utc_second(UnixTime time);  // "2026-03-22T01:41:07Z"

}  // namespace secondstep::tool
