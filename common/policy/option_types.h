#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/rate_limit.h"
#include "policy/config.h"
#include "policy/rules.h"

// What the value of an option can be. Each type has `parse`, whose error (invalid) says what would be right,
// and the parsed `value`.
namespace secondstep::option_types {

// Boost's own conversion takes "-1" for an unsigned number and "" for yes; these do not.
[[nodiscard]] Result<unsigned> parse_number_between(std::string_view text, unsigned low, unsigned high);

template <unsigned Low, unsigned High>
struct Number {
    unsigned value = 0;
    static Result<Number> parse(std::string_view text) {
        Result<unsigned> number = parse_number_between(text, Low, High);
        if (!number) return std::unexpected(number.error());
        return Number{*number};
    }
};

struct YesOrNo {
    bool value = false;
    static Result<YesOrNo> parse(std::string_view text);
};

struct Path {  // absolute
    std::string value;
    static Result<Path> parse(std::string_view text);
};

struct SocketPath {  // absolute, and short enough for sockaddr_un
    std::string value;
    static Result<SocketPath> parse(std::string_view text);
};

struct Word {  // a name of an account or a service
    std::string value;
    static Result<Word> parse(std::string_view text);
};

struct Issuer {  // may be empty; stands in front of a ':' in an otpauth label
    std::string value;
    static Result<Issuer> parse(std::string_view text);
};

struct Sentence {  // may be empty
    std::string value;
    static Result<Sentence> parse(std::string_view text);
};

struct Words {  // "a, b"
    std::vector<std::string> value;
    static Result<Words> parse(std::string_view text);
};

struct Patterns {  // "alice, svc-*"
    std::vector<std::string> value;
    static Result<Patterns> parse(std::string_view text);
};

struct TrustedCallers {  // "www-data:nginx, ..."
    std::vector<Config::TrustedCaller> value;
    static Result<TrustedCallers> parse(std::string_view text);
};

struct Groups {  // "staff, !guests"
    std::vector<GroupCondition> value;
    static Result<Groups> parse(std::string_view text);
};

struct Networks {  // "192.0.2.0/24, local"
    std::vector<Network> value;
    static Result<Networks> parse(std::string_view text);
};

struct ActionWord {
    Action value = Action::allow;
    static Result<ActionWord> parse(std::string_view text);
};

struct LastDay {  // "2027-03-31" => 23:59:59 of that day by the host's clock
    UnixTime value{};
    static Result<LastDay> parse(std::string_view text);
};

struct Proof {  // "registration-code", "open"
    EnrollmentProof value = EnrollmentProof::registration_code;
    static Result<Proof> parse(std::string_view text);
};

struct Methods {  // "totp, hotp, mail, sms"
    std::vector<std::string> value;
    static Result<Methods> parse(std::string_view text);
};

// "90s", "30m", "8h", "1d"; at most `longest`, and more than nothing.
[[nodiscard]] Result<std::chrono::seconds> parse_duration(std::string_view text,
                                                          std::chrono::seconds longest);

struct Duration {  // "0", "90s", "30m", "8h", "1d"; at most 24 hours
    std::chrono::seconds value{0};
    static Result<Duration> parse(std::string_view text);
};

struct CodeLifetime {  // "5m"; 1 to 10 minutes
    std::chrono::seconds value{0};
    static Result<CodeLifetime> parse(std::string_view text);
};

// "3/15m, 10/1d": at most three in 15 minutes and ten in a day; stretches of at most a day. One at least.
[[nodiscard]] Result<std::vector<RateLimit>> parse_rate_limits(std::string_view text, unsigned highest_count);

template <unsigned HighestCount>
struct RateLimits {
    std::vector<RateLimit> value;
    static Result<RateLimits> parse(std::string_view text) {
        Result<std::vector<RateLimit>> limits = parse_rate_limits(text, HighestCount);
        if (!limits) return std::unexpected(limits.error());
        return RateLimits{std::move(*limits)};
    }
};

struct MailPattern {  // "", or a mail address with {user} for the account's name
    std::string value;
    static Result<MailPattern> parse(std::string_view text);
};

struct PageAddress {  // "8443", "192.0.2.1:8443", "[2001:db8::1]:8443"
    Config::PageListen value;
    static Result<PageAddress> parse(std::string_view text);
};

struct PageHost {  // "", "login.example.com", "login.example.com:443", "[2001:db8::1]:443"
    std::string value;
    static Result<PageHost> parse(std::string_view text);
};

}  // namespace secondstep::option_types
