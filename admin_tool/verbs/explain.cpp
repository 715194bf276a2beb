#include <algorithm>
#include <boost/program_options/value_semantic.hpp>
#include <optional>

#include "access/one_user.h"
#include "accounts/earlier_row.h"
#include "accounts/host_forecast.h"
#include "accounts/login_forecast.h"
#include "base/local_time.h"
#include "base/text.h"
#include "check/login_notes.h"
#include "console/json_text.h"
#include "console/output.h"
#include "policy/network.h"
#include "policy/people.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

// A terminal of this machine, for rules with `networks = local`.
constexpr std::string_view a_terminal = "tty1";

po::options_description explain_options() {
    const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
    po::options_description known("Options");
    auto add = known.add_options();
    add("service", text("SERVICE"), "the PAM service, such as sshd or sudo");
    add("from", text("ADDRESS"),
        "where the login comes from, as the program says it (a host name is no address); default: "
        "a terminal of this machine");
    add("json", po::bool_switch(), "{\"rule\", \"action\", \"outcome\", \"meets\", \"considered\", ...}");
    return known;
}

// One way in of one person.
struct Login {
    std::string user;
    std::string service;
    std::string from;  // empty: this machine
    Membership membership;

    [[nodiscard]] Circumstances circumstances() const {
        return {.user = user,
                .service = service,
                .rhost = from,
                .tty = from.empty() ? a_terminal : std::string_view(),
                .membership = &membership};
    }
};

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

// "staff, !guests"
std::string groups_of(const Rule& rule) {
    std::vector<std::string> names;
    names.reserve(rule.groups.size());
    for (const GroupCondition& condition : rule.groups)
        names.push_back((condition.negated ? "!" : "") + condition.name);
    return listed(names);
}

std::string why(const Considered& considered, const Login& login) {
    const Rule& rule = *considered.rule;
    if (considered.applies == Certainty::cannot_tell) return "cannot be told: " + considered.doubt;
    switch (considered.mismatch) {
        case Mismatch::none:
            return "decides";
        case Mismatch::user:
            return "no: users = " + listed(rule.users);
        case Mismatch::service:
            return "no: services = " + listed(rule.services);
        case Mismatch::network:
            return "no: " + (login.from.empty() ? std::string("a terminal of this machine") : login.from) +
                   " is in none of its networks";
        case Mismatch::not_in_group:
            return "no: " + login.user + " is not in groups = " + groups_of(rule);
        case Mismatch::in_excluded_group:
            break;
    }
    return "no: " + login.user + " is in a group it leaves out, groups = " + groups_of(rule);
}

struct Explanation {
    Login login;
    std::vector<Considered> considered;
    Possible possible;
    Policy policy;                   // of several possible ones the strictest
    std::optional<bool> enrolled{};  // nothing: a node of the fleet knows
    std::string_view outcome{};
    std::vector<std::string> sentences{};
};

std::string terms_text(const Terms& terms) {
    std::string text = "action = " + std::string(to_text(terms.action));
    if (terms.enroll_until) text += ", enroll_until = " + local_minute(*terms.enroll_until).substr(0, 10);
    if (terms.action == Action::enroll) text += ", enrollment = " + std::string(to_text(terms.enrollment));
    if (terms.remember.count() > 0) text += ", remember = " + duration_text(terms.remember);
    if (terms.repeat.count() > 0) text += ", repeat = " + duration_text(terms.repeat);
    return text;
}

Json terms_json(const Terms& terms) {
    return {{"action", to_text(terms.action)},
            {"enroll_until", terms.enroll_until ? Json(utc_second(*terms.enroll_until)) : Json()},
            {"enrollment", to_text(terms.enrollment)},
            {"methods", terms.methods},
            {"remember", terms.remember.count()},
            {"repeat", terms.repeat.count()},
            {"combined_digits", terms.combined_digits},
            {"may_disable", terms.may_disable_own_step()}};
}

Json to_json(const Explanation& explained) {
    const Login& login = explained.login;
    Json json{{"user", login.user}, {"service", login.service}};
    json["from"] = login.from.empty() ? Json("local") : Json(login.from);
    const Policy& policy = explained.policy;
    json["rule"] = policy.rule.empty() ? Json() : Json(policy.rule);
    json["certain"] = explained.possible.doubt.empty();
    json["terms"] = terms_json(policy);
    json["enrolled"] = explained.enrolled ? Json(*explained.enrolled) : Json();
    json["outcome"] = explained.outcome;
    json["meets"] = explained.sentences;
    json["considered"] = Json::array();
    for (const Considered& each : explained.considered) {
        const bool matches = each.applies == Certainty::yes;
        json["considered"].push_back(
            {{"rule", each.rule->name}, {"matches", matches}, {"why", why(each, login)}});
    }
    return json;
}

void print_text(const Explanation& explained) {
    const Login& login = explained.login;
    const std::string from = printable(login.from) + (is_address(login.from) ? "" : " (no address)");
    out().line(login.user + ", service " + printable(login.service) + ", from " +
               (login.from.empty() ? "a terminal of this machine" : from));
    for (const Considered& each : explained.considered)
        out().line("  rule " + each.rule->name + " " + printable(why(each, login), 4096));
    if (!explained.possible.doubt.empty()) {
        out().line("  it cannot be told which of these decides: what all of them ask together is");
    } else if (explained.policy.rule.empty()) {
        out().line("  no rule is about this login: the defaults decide");
    }
    out().line("  " + terms_text(explained.policy));
    for (const std::string& sentence : explained.sentences)
        out().line(sentence);
}

// As a login looks them up.
Membership membership_of(const std::string& user, const Rules& rules, bool is_account) {
    const auto found = NameServicePeople().find(user, rules.groups_mentioned());
    if (!found) return {{}, {}, found.error().detail};
    // Between two look-ups the name service may have changed its mind.
    if (is_account && !found->person) return {{}, {}, "the name service answers now so, now so"};
    return found->membership;
}

bool asks_where_from(const Considered& each) {
    return !std::ranges::all_of(each.rule->networks, &Network::is_local);
}

void add_notes(Explanation& explained, const LoginNotes& notes) {
    const auto decides = std::ranges::find_if(explained.considered, [&explained](const Considered& each) {
        return each.applies == Certainty::yes && each.rule->name == explained.policy.rule;
    });
    const Rule* const rule = decides == explained.considered.end() ? nullptr : decides->rule;
    const bool about_networks = std::ranges::any_of(explained.considered, asks_where_from);
    for (std::string& note : notes.of(explained.login.user, explained.login.from, rule, about_networks))
        explained.sentences.push_back(std::move(note));
}

// Without how the account stands.
Explanation by_the_rules(const OneUser& user, Login login) {
    login.membership = membership_of(login.user, user.config.rules, user.subject.entry.has_value());
    const Circumstances circumstances = login.circumstances();
    Explanation explained{.login = login,
                          .considered = user.config.rules.consider(circumstances),
                          .possible = user.config.rules.possible(circumstances),
                          .policy = {}};
    explained.policy = strictest(explained.possible);
    return explained;
}

void print(const OneUser& user, Explanation explained, const LoginNotes& notes) {
    add_notes(explained, notes);
    user.json() ? out().verbatim(dump(to_json(explained))) : print_text(explained);
}

Exit tell(const StoreSession& session, const OneUser& user, const LoginNotes& notes, const Login& login) {
    const UnixTime now = session.clock.now();
    Explanation explained = by_the_rules(user, login);
    AccountRow row = row_of(user.name(), session.store->read(user.subject.record()), user.subject.entry, now);
    apply_earlier_record(row, *session.store, user.subject.account, user.subject.entry);
    LoginForecast forecast = forecast_of(explained.possible, row, now);
    explained.enrolled = row.enrolled;
    explained.outcome = to_text(forecast.outcome);
    explained.sentences = std::move(forecast.sentences);
    print(user, std::move(explained), notes);
    return forecast.outcome == PolicyOutcome::unavailable ? Exit::unavailable : Exit::done;
}

// Its rules are here, and its people's second steps are not.
Exit tell_on_a_host(const OneUser& user, const LoginNotes& notes, const Login& login) {
    Explanation explained = by_the_rules(user, login);
    HostForecast forecast = host_forecast_of(explained.possible, user.name(), user.config.fleet);
    explained.outcome = to_text(forecast.outcome);
    explained.sentences = std::move(forecast.sentences);
    print(user, std::move(explained), notes);
    return unless_unwritten();
}

OrExit<Login> login_of(const OneUser& user) {
    const auto service = user.arguments.text("service");
    if (!service || service->empty()) {
        return stop(complain(Exit::usage, "explain needs --service NAME, such as --service sshd"));
    }
    const std::string from = user.arguments.text("from").value_or("");
    Login login;
    login.user = user.name();
    login.service = *service;
    if (from != "local") login.from = from;
    if (login.from.find('/') != std::string::npos) {
        return stop(complain(Exit::usage, "--from takes an address, or what a program says instead of one"));
    }
    const auto& portals = user.config.portal_services;
    const bool portal = std::ranges::find(portals, login.service) != portals.end();
    if (!user.subject.entry && !portal) return stop(complain_unknown(user.name()));
    return login;
}

}  // namespace

Exit explain(const Command& command, const Invocation& invocation) {
    const auto user = one_user(command, invocation, explain_options());
    if (!user) return user.error();
    const auto login = login_of(*user);
    if (!login) return login.error();
    const LoginNotes notes = LoginNotes::look(login->service);
    if (asks_nodes(user->config)) return tell_on_a_host(*user, notes, *login);
    return run_with_store(user->config,
                          [&](StoreSession& session) { return tell(session, *user, notes, *login); });
}

}  // namespace secondstep::tool
