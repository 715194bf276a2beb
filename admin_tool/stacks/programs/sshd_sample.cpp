#include "stacks/programs/sshd_sample.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "policy/network.h"

namespace secondstep::tool {

namespace {

using Kind = SshdMatch::Kind;

constexpr std::string_view from_elsewhere = "192.0.2.1";  // TEST-NET-1, RFC 5737: nobody's
constexpr std::string_view from_elsewhere_v6 = "2001:db8::1";

// Where a login comes from and arrives.
struct Place {
    std::string host;
    std::string address;
    std::string local_address = "192.0.2.2";
    std::string local_port = "22";
};

// What patterns of this kind would match: each once, '!' left out, in the order of their lines.
std::vector<std::string> patterns_in(const SshdConfiguration& sshd, Kind kind) {
    std::vector<std::string> all;
    for (const SshdMatch& match : sshd.matches()) {
        for (const SshdMatch::Criterion& criterion : match.criteria()) {
            if (criterion.kind != kind) continue;
            for (std::string_view pattern : split(criterion.patterns, ',')) {
                pattern = trimmed(pattern);
                if (pattern.starts_with('!')) pattern.remove_prefix(1);
                if (!pattern.empty() && std::ranges::find(all, pattern) == all.end())
                    all.emplace_back(pattern);
            }
        }
    }
    return all;
}

bool is_spelled_out(std::string_view pattern) {
    return pattern.find_first_of("*?") == std::string_view::npos;
}

std::string filled(std::string_view pattern, char with) {
    std::string text(pattern);
    std::ranges::replace_if(text, [](char c) { return c == '*' || c == '?'; }, with);
    return text;
}

// "10.0.0.0/8" => "10.0.0.0"; "192.168.*" => "192.168.1.1"; "" where none is found.
std::string address_in(std::string_view pattern) {
    std::string address = filled(pattern.substr(0, pattern.find('/')), '1');
    while (is_spelled_out(pattern)
               ? false
               : std::ranges::count(address, '.') < 3 && address.find(':') == std::string::npos)
        address += ".1";
    return is_address(address) ? address : "";
}

std::vector<std::string> addresses_in(const SshdConfiguration& sshd, Kind kind) {
    std::vector<std::string> all;
    for (const std::string& pattern : patterns_in(sshd, kind))
        if (std::string address = address_in(pattern); !address.empty()) all.push_back(std::move(address));
    return all;
}

Place place_from(std::string_view address) {
    return {.host = std::string(address), .address = std::string(address)};
}

std::vector<Place> places_of(const SshdConfiguration& sshd) {
    std::vector<Place> places{place_from(from_elsewhere), place_from(from_elsewhere_v6), place_from("::1")};
    for (const std::string& address : addresses_in(sshd, Kind::address))
        places.push_back(place_from(address));
    // Without UseDNS a host goes by its address, whoever it is.
    const bool by_name = sshd.global().is_yes("usedns", false);
    for (const std::string& host : patterns_in(sshd, Kind::host)) {
        Place place = place_from(from_elsewhere);
        if (by_name || is_address(host)) place.host = filled(host, 'x');
        places.push_back(std::move(place));
    }
    for (const std::string& address : addresses_in(sshd, Kind::local_address)) {
        places.push_back(place_from(from_elsewhere));
        places.back().local_address = address;
    }
    for (const std::string& port : patterns_in(sshd, Kind::local_port)) {
        places.push_back(place_from(from_elsewhere));
        places.back().local_port = port;
    }
    return places;
}

SshdLogin login_of(const SshdPerson& person, const Place& place) {
    return {.user = person.name,
            .groups = person.groups,
            .host = place.host,
            .address = place.address,
            .local_address = place.local_address,
            .local_port = place.local_port};
}

// Which Match lines hold: logins of one kind are one to sshd. Root is a kind alone (PermitRootLogin).
using LoginKind = std::vector<Certainty>;
LoginKind kind_of(const SshdConfiguration& sshd, const SshdLogin& login) {
    LoginKind kind{certainty_of(login.user == "root")};
    for (const SshdMatch& match : sshd.matches())
        kind.push_back(match.holds_for(login));
    return kind;
}

// Of people who are not root; they log in from elsewhere.
LoginKind most_common_kind(const SshdConfiguration& sshd, const std::vector<SshdPerson>& people) {
    std::map<LoginKind, std::size_t> counts;
    for (const SshdPerson& person : people)
        if (person.name != "root" && !person.is_invented)
            ++counts[kind_of(sshd, login_of(person, place_from(from_elsewhere)))];
    const auto most = std::ranges::max_element(counts, {}, [](const auto& each) { return each.second; });
    return most == counts.end() ? LoginKind{} : most->first;
}

}  // namespace

SshdSample sample_of(const SshdConfiguration& sshd, const std::vector<SshdPerson>& people) {
    SshdSample sample;
    const LoginKind ordinary = most_common_kind(sshd, people);
    std::vector<std::pair<LoginKind, bool>> seen;  // with whether it was from elsewhere
    for (const Place& place : places_of(sshd)) {
        for (const SshdPerson& person : people) {
            const SshdLogin login = login_of(person, place);
            const LoginKind kind = kind_of(sshd, login);
            const bool elsewhere = place.host == from_elsewhere || place.host == from_elsewhere_v6;
            const bool is_usual = elsewhere && place.local_port == "22" && place.local_address == "192.0.2.2";
            if (std::ranges::find(seen, std::pair(kind, is_usual)) != seen.end()) continue;
            if (!is_usual && std::ranges::find(seen, std::pair(kind, true)) != seen.end()) continue;
            if (sample.logins.size() == most_sampled_logins) {
                sample.is_whole = false;
                return sample;
            }
            seen.emplace_back(kind, is_usual);
            const bool as_most = kind_of(sshd, login_of(person, place_from(from_elsewhere))) == ordinary;
            sample.logins.push_back({login, is_usual && as_most, person.is_invented});
        }
    }
    return sample;
}

std::vector<std::string> names_in(const SshdConfiguration& sshd, Kind kind) {
    std::vector<std::string> names = patterns_in(sshd, kind);
    for (std::string& name : names)
        name = filled(name, 'x');
    return names;
}

}  // namespace secondstep::tool
