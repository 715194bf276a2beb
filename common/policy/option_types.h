#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/rate_limit.h"
#include "policy/config.h"
#include "policy/network.h"
#include "policy/rules.h"

// What the value of an option can be. Errors (invalid) say what would be right.
namespace secondstep::option_types {

[[nodiscard]] Result<unsigned> number_between(std::string_view text, unsigned low, unsigned high);
[[nodiscard]] Result<bool> yes_or_no(std::string_view text);
[[nodiscard]] Result<std::string> path(std::string_view text);         // absolute
[[nodiscard]] Result<std::string> socket_path(std::string_view text);  // and short enough for sockaddr_un
[[nodiscard]] Result<std::string> word(std::string_view text);         // a name of an account or a service
[[nodiscard]] Result<std::string> sentence(std::string_view text);     // may be empty
// May be empty; stands in front of a ':' in an otpauth label.
[[nodiscard]] Result<std::string> issuer(std::string_view text);

[[nodiscard]] Result<std::vector<std::string>> words(std::string_view text);      // "a, b"
[[nodiscard]] Result<std::vector<std::string>> patterns(std::string_view text);   // "alice, svc-*"
[[nodiscard]] Result<std::vector<std::string>> methods(std::string_view text);    // "totp, hotp, mail, sms"
[[nodiscard]] Result<std::vector<GroupCondition>> groups(std::string_view text);  // "staff, !guests"
[[nodiscard]] Result<std::vector<Network>> networks(std::string_view text);       // "192.0.2.0/24, local"
// "www-data:nginx, ..."
[[nodiscard]] Result<std::vector<Config::TrustedCaller>> trusted_callers(std::string_view text);

[[nodiscard]] Result<Action> action(std::string_view text);
[[nodiscard]] Result<EnrollmentProof> enrollment_proof(std::string_view text);  // "registration-code", "open"
// "2027-03-31" => 23:59:59 of that day by the host's clock
[[nodiscard]] Result<UnixTime> last_day(std::string_view text);

// "90s", "30m", "8h", "1d"; at most `longest`, and more than nothing.
[[nodiscard]] Result<std::chrono::seconds> parse_duration(std::string_view text,
                                                          std::chrono::seconds longest);
// "0", "90s", "30m", "8h", "1d"; at most 24 hours.
[[nodiscard]] Result<std::chrono::seconds> duration(std::string_view text);
[[nodiscard]] Result<std::chrono::seconds> code_lifetime(std::string_view text);  // "5m"; 1 to 10 minutes
// "3/15m, 10/1d": at most three in 15 minutes and ten in a day; stretches of at most a day. One at least.
[[nodiscard]] Result<std::vector<RateLimit>> rate_limits(std::string_view text, unsigned highest_count);

// "", or a mail address with {user} for the account's name
[[nodiscard]] Result<std::string> mail_pattern(std::string_view text);
// "8443", "192.0.2.1:8443", "[2001:db8::1]:8443"
[[nodiscard]] Result<Config::PageListen> page_address(std::string_view text);
// "", "login.example.com", "login.example.com:443", "[2001:db8::1]:443"
[[nodiscard]] Result<std::string> page_host(std::string_view text);

[[nodiscard]] Result<FleetPart> fleet_part(std::string_view text);  // "none", "host", "node"
// "", "auth1=192.0.2.11:7464, auth2=[2001:db8::2]:7464"; each name once. Without a port: 7464.
[[nodiscard]] Result<std::vector<FleetConfig::Node>> fleet_nodes(std::string_view text);
// "7464", "192.0.2.11:7464"
[[nodiscard]] Result<FleetConfig::Listen> fleet_listen(std::string_view text);

}  // namespace secondstep::option_types
