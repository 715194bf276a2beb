#include "policy/option_types.h"

#include <arpa/inet.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>

#include "base/text.h"

namespace secondstep::option_types {
namespace {

constexpr std::size_t longest_word = 80;
constexpr std::size_t longest_path = 4095;
constexpr std::size_t longest_socket_path = sizeof(sockaddr_un::sun_path) - 1;
constexpr std::size_t longest_text = 120;
constexpr std::size_t longest_issuer = 64;
constexpr std::chrono::seconds shortest_code_life = std::chrono::minutes{1};
constexpr std::chrono::seconds longest_code_life = std::chrono::minutes{10};
constexpr std::chrono::seconds longest_duration = std::chrono::hours{24};  // of trust in what was shown once

// What is there instead is not repeated: see config_text.h.
std::unexpected<Error> wrong(const std::string& right) {
    return fail(Errc::invalid, "not " + right);
}

Result<std::string> absolute_path(std::string_view text, std::size_t longest) {
    if (!text.starts_with('/')) return wrong("an absolute path (it begins with '/')");
    if (text.size() > longest)
        return fail(Errc::invalid, "a path of at most " + std::to_string(longest) + " bytes");
    return std::string(text);
}

bool is_word(std::string_view text) {
    return !text.empty() && text.size() <= longest_word &&
           text.find_first_of(" \t/:,") == std::string_view::npos;
}

// "a, b" => parse("a"), parse("b"). An empty item is more often a slip than a wish.
template <typename T>
Result<std::vector<T>> list_of(std::string_view text,
                               const std::function<Result<T>(std::string_view)>& parse) {
    std::vector<T> items;
    const std::vector<std::string_view> parts = split(text, ',');
    for (const std::string_view part : parts) {
        const std::string_view item = trimmed(part);
        const std::string which =
            parts.size() == 1 ? "" : "item " + std::to_string(items.size() + 1) + " of the list is ";
        if (item.empty()) return fail(Errc::invalid, which + "empty");
        Result<T> parsed = parse(item);
        if (!parsed) return fail(parsed.error().code, which + parsed.error().detail);
        items.push_back(std::move(*parsed));
    }
    return items;
}

Result<Config::TrustedCaller> trusted_caller(std::string_view text) {
    const std::vector<std::string_view> parts = split(text, ':');
    if (parts.size() != 2 || !is_word(trimmed(parts[0])) || !is_word(trimmed(parts[1]))) {
        return wrong("of the form USER:SERVICE");
    }
    return Config::TrustedCaller{std::string(trimmed(parts[0])), std::string(trimmed(parts[1]))};
}

Result<GroupCondition> group_condition(std::string_view text) {
    GroupCondition condition;
    condition.negated = text.starts_with('!');
    if (condition.negated) text = trimmed(text.substr(1));
    if (text.empty()) return fail(Errc::invalid, "a '!' without the name of a group");
    condition.name = text;
    return condition;
}

Result<std::string> method(std::string_view text) {
    const auto known = {"totp", "hotp", "mail", "sms"};
    if (std::ranges::find(known, text) == known.end()) return wrong("one of totp, hotp, mail, sms");
    return std::string(text);
}

// "2027-03-31", with every zero
std::optional<std::chrono::year_month_day> date_of(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = secondstep::parse_number<unsigned>(text.substr(0, 4));
    const auto month = secondstep::parse_number<unsigned>(text.substr(5, 2));
    const auto day = secondstep::parse_number<unsigned>(text.substr(8, 2));
    if (!year || !month || !day) return std::nullopt;
    return std::chrono::year{static_cast<int>(*year)} / std::chrono::month{*month} / std::chrono::day{*day};
}

std::optional<std::chrono::seconds> unit_of(char letter) {
    switch (letter) {
        case 's':
            return std::chrono::seconds{1};
        case 'm':
            return std::chrono::minutes{1};
        case 'h':
            return std::chrono::hours{1};
        case 'd':
            return std::chrono::days{1};
        default:
            return std::nullopt;
    }
}

// "90s" => 90 s
std::optional<std::chrono::seconds> duration_in(std::string_view text) {
    const std::optional<std::chrono::seconds> unit = text.empty() ? std::nullopt : unit_of(text.back());
    const auto count =
        unit ? secondstep::parse_number<std::uint32_t>(text.substr(0, text.size() - 1)) : std::nullopt;
    if (!count) return std::nullopt;
    return *unit * *count;
}

struct HostAndPort {
    std::string_view host;  // brackets and all
    std::optional<std::string_view> port;
};

// "a:1" => a, 1; "[::1]:2" => [::1], 2; "a" => a. What is behind the last ':' outside brackets is the port.
HostAndPort taken_apart(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    const std::size_t bracket = text.rfind(']');
    const bool has_port = colon != text.npos && (bracket == text.npos || bracket < colon);
    if (!has_port) return {text, std::nullopt};
    return {text.substr(0, colon), text.substr(colon + 1)};
}

bool is_address(int family, std::string_view text) {
    std::array<std::uint8_t, sizeof(in6_addr)> parsed{};
    return ::inet_pton(family, std::string(text).c_str(), parsed.data()) == 1;
}

std::string_view without_brackets(std::string_view host) {
    return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
}

// An IPv6 address has to have brackets: who writes 2001:db8::1 could mean port 1.
bool is_bracketed_address(std::string_view host) {
    return host.starts_with('[') && host.ends_with(']') && is_address(AF_INET6, without_brackets(host));
}

bool is_host_name(std::string_view host) {
    constexpr std::size_t longest_name = 100;  // a link must fit into an SMS
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '.';
    };
    return !host.empty() && host.size() <= longest_name && host.front() != '-' && host.front() != '.' &&
           std::ranges::all_of(host, allowed);
}

std::string in_days_or_hours(std::chrono::seconds time) {
    if (time % std::chrono::days{1} == std::chrono::seconds::zero() && time > std::chrono::days{1}) {
        return std::to_string(time / std::chrono::days{1}) + " days";
    }
    return std::to_string(time / std::chrono::hours{1}) + " hours";
}

}  // namespace

Result<unsigned> number_between(std::string_view text, unsigned low, unsigned high) {
    const std::optional<unsigned> number = secondstep::parse_number<unsigned>(text);
    if (!number || *number < low || *number > high) {
        return wrong("a number from " + std::to_string(low) + " to " + std::to_string(high));
    }
    return *number;
}

Result<bool> yes_or_no(std::string_view text) {
    if (text == "yes") return true;
    if (text == "no") return false;
    return wrong("yes or no");
}

Result<std::string> path(std::string_view text) {
    return absolute_path(text, longest_path);
}

Result<std::string> socket_path(std::string_view text) {
    return absolute_path(text, longest_socket_path);
}

Result<std::string> word(std::string_view text) {
    if (!is_word(text)) return wrong("a name (1 to 80 bytes without spaces, '/', ':' and ',')");
    return std::string(text);
}

Result<std::string> sentence(std::string_view text) {
    if (text.size() > longest_text) return fail(Errc::invalid, "longer than 120 bytes");
    return std::string(text);
}

Result<std::string> issuer(std::string_view text) {
    if (text.size() > longest_issuer || text.find(':') != std::string_view::npos) {
        return wrong("a name of at most 64 bytes without ':'");
    }
    return std::string(text);
}

Result<std::vector<std::string>> words(std::string_view text) {
    return list_of<std::string>(text, word);
}

Result<std::vector<std::string>> patterns(std::string_view text) {
    return list_of<std::string>(
        text, [](std::string_view item) -> Result<std::string> { return std::string(item); });
}

Result<std::vector<std::string>> methods(std::string_view text) {
    Result<std::vector<std::string>> names = list_of<std::string>(text, method);
    if (!names) return names;
    for (auto name = names->begin(); name != names->end(); ++name) {
        if (std::find(names->begin(), name, *name) != name) {
            return fail(Errc::invalid, *name + " is twice in the list");
        }
    }
    return names;
}

Result<std::vector<GroupCondition>> groups(std::string_view text) {
    return list_of<GroupCondition>(text, group_condition);
}

Result<std::vector<Network>> networks(std::string_view text) {
    return list_of<Network>(text, Network::parse);
}

Result<std::vector<Config::TrustedCaller>> trusted_callers(std::string_view text) {
    return list_of<Config::TrustedCaller>(text, trusted_caller);
}

Result<Action> action(std::string_view text) {
    for (const Action known : {Action::allow, Action::require, Action::exempt, Action::enroll}) {
        if (text == to_text(known)) return known;
    }
    return wrong("one of allow, require, exempt, enroll");
}

Result<EnrollmentProof> enrollment_proof(std::string_view text) {
    for (const EnrollmentProof known : {EnrollmentProof::registration_code, EnrollmentProof::open}) {
        if (text == to_text(known)) return known;
    }
    return wrong("one of registration-code, open");
}

Result<UnixTime> last_day(std::string_view text) {
    const std::optional<std::chrono::year_month_day> date = date_of(text);
    if (!date || !date->ok()) return wrong("a day that exists, as YYYY-MM-DD");
    return end_of_day(*date);
}

Result<std::chrono::seconds> parse_duration(std::string_view text, std::chrono::seconds longest) {
    const std::optional<std::chrono::seconds> time = duration_in(text);
    if (time && *time > std::chrono::seconds::zero() && *time <= longest) return *time;
    return wrong("a duration of at most " + in_days_or_hours(longest) + " (90s, 30m, 8h, 1d)");
}

Result<std::chrono::seconds> duration(std::string_view text) {
    if (text == "0") return std::chrono::seconds::zero();
    const std::optional<std::chrono::seconds> time = duration_in(text);
    if (time && *time <= longest_duration) return *time;
    return wrong("0 or a duration of at most 24 hours (90s, 30m, 8h, 1d)");
}

Result<std::chrono::seconds> code_lifetime(std::string_view text) {
    const std::optional<std::chrono::seconds> time = duration_in(text);
    if (time && *time >= shortest_code_life && *time <= longest_code_life) return *time;
    return wrong("a duration from 1m to 10m (NIST SP 800-63B-4 allows no more)");
}

Result<std::vector<RateLimit>> rate_limits(std::string_view text, unsigned highest_count) {
    std::vector<RateLimit> limits;
    for (const std::string_view item : split(text, ',')) {
        const std::string_view limit = trimmed(item);
        const std::size_t slash = std::min(limit.find('/'), limit.size());
        const std::optional<unsigned> count = parse_number<unsigned>(limit.substr(0, slash));
        const auto within = duration_in(limit.substr(std::min(slash + 1, limit.size())));
        const bool good = count && *count >= 1 && *count <= highest_count && within && within->count() > 0 &&
                          *within <= longest_duration;
        if (!good) {
            return wrong("a number up to " + std::to_string(highest_count) +
                         " and a duration of at most 1d, as 3/15m");
        }
        limits.push_back({*count, *within});
    }
    return limits;
}

Result<std::string> mail_pattern(std::string_view text) {
    const bool one_line =
        text.find_first_of(" \t") == std::string_view::npos && !has_control_characters(text);
    if (text.empty() || (one_line && text.find('@') != std::string_view::npos && text.front() != '-'))
        return std::string(text);
    return wrong("a mail address, with {user} where the account's name belongs ({user}@example.com)");
}

Result<Config::PageListen> page_address(std::string_view text) {
    HostAndPort parts = taken_apart(text);
    if (!parts.port) parts = {"", text};
    const auto port = secondstep::parse_number<std::uint16_t>(*parts.port);
    const bool good =
        text.find(':') == text.npos || is_bracketed_address(parts.host) || is_address(AF_INET, parts.host);
    if (!port || !good) return wrong("PORT or ADDRESS:PORT (8443, 192.0.2.1:8443, [2001:db8::1]:8443)");
    return Config::PageListen{std::string(without_brackets(parts.host)), *port};
}

Result<std::string> page_host(std::string_view text) {
    const HostAndPort parts = taken_apart(text);
    const auto port = parts.port ? secondstep::parse_number<std::uint16_t>(*parts.port) : std::uint16_t{443};
    if (text.empty()) return std::string();
    if (port && *port > 0 && (is_host_name(parts.host) || is_bracketed_address(parts.host)))
        return std::string(text);
    return wrong("NAME or NAME:PORT (login.example.com, login.example.com:443, [2001:db8::1]:443)");
}

Result<FleetPart> fleet_part(std::string_view text) {
    if (text == "none") return FleetPart::none;
    if (text == "host") return FleetPart::host;
    if (text == "node") return FleetPart::node;
    return wrong("none, host or node");
}

namespace {

Result<FleetConfig::Node> fleet_node(std::string_view text) {
    const std::size_t sign = std::min(text.find('='), text.size());
    const std::string_view name = trimmed(text.substr(0, sign));
    const std::string_view where = trimmed(text.substr(std::min(sign + 1, text.size())));
    const HostAndPort parts = taken_apart(where);
    const auto port =
        parts.port ? secondstep::parse_number<std::uint16_t>(*parts.port) : FleetConfig::Listen{}.port;
    const bool good = is_host_name(name) && (is_host_name(parts.host) || is_bracketed_address(parts.host));
    if (!good || !port || *port == 0)
        return wrong("a list of NAME=ADDRESS:PORT (auth1=192.0.2.11:7464, auth2=[2001:db8::2]:7464)");
    return FleetConfig::Node{std::string(name), std::string(without_brackets(parts.host)), *port};
}

}  // namespace

Result<std::vector<FleetConfig::Node>> fleet_nodes(std::string_view text) {
    auto nodes = list_of<FleetConfig::Node>(text, fleet_node);
    if (!nodes) return nodes;
    for (const FleetConfig::Node& node : *nodes) {
        if (std::ranges::count(*nodes, node.name, &FleetConfig::Node::name) > 1)
            return fail(Errc::invalid, "a node twice: each name stands for one address");
    }
    return nodes;
}

Result<FleetConfig::Listen> fleet_listen(std::string_view text) {
    const Result<Config::PageListen> place = page_address(text);
    if (!place) return wrong("PORT or ADDRESS:PORT (7464, 192.0.2.11:7464, [2001:db8::1]:7464)");
    return FleetConfig::Listen{place->address, place->port};
}

}  // namespace secondstep::option_types
