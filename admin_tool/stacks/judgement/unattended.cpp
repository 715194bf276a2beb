#include "stacks/judgement/unattended.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "stacks/judgement/module_answers.h"
#include "stacks/judgement/who_passes.h"

namespace secondstep::tool {

namespace {

constexpr std::array<std::string_view, 16> unattended{
    "cron",          "crond",        "crontab",         "anacron",
    "fcron",         "atd",          "systemd-user",    "samba",
    "runuser",       "runuser-l",    "slurm",           "condor",
    "gdm-autologin", "sddm-greeter", "lightdm-greeter", "gdm-launch-environment"};

// A rule, or the defaults, with the services that it makes refuse people.
struct Cause {
    const Rule* rule;  // nothing: the defaults
    std::vector<std::string> services;
    StackLine line;  // an account line of the module
};

// These programs give no address, and no terminal that is one.
bool may_be_about(const Rule& rule, std::string_view service) {
    const auto contains = [](const Network& network) { return network.contains("", "") != Certainty::no; };
    return rule.may_be_about(service) &&
           (rule.networks.empty() || std::ranges::any_of(rule.networks, contains));
}

bool is_about_everybody(const Rule& rule) {
    return rule.users.empty() && rule.groups.empty();
}

struct Enrolling {
    const Rule* rule;  // nothing: the defaults
};
// Who makes people enroll on this service. Rules that stand behind one that is about everybody decide nothing.
std::optional<Enrolling> enrolling(const Config& config, std::string_view service) {
    for (const Rule& rule : config.rules.rules) {
        if (!may_be_about(rule, service)) continue;
        if (rule.given.completed_by(config.rules.defaults).action == Action::enroll) return Enrolling{&rule};
        if (is_about_everybody(rule)) return std::nullopt;
    }
    if (config.rules.defaults.action == Action::enroll) return Enrolling{nullptr};
    return std::nullopt;
}

// The account line by which who has not enrolled is refused.
std::optional<StackLine> refusing_line(const Stack& stack) {
    const std::vector<StackLine> account = stack.of(Facility::account);
    const auto line = std::ranges::find_if(account, is_second_step);
    if (line == account.end()) return std::nullopt;
    const auto refuses = [](const StackLine& each) -> std::optional<PamCode> {
        if (is_second_step(each)) return PamCode::perm_denied;
        return sure_answer(each);
    };
    if (somebody_passes(account, refuses).value_or(false)) return std::nullopt;
    return *line;
}

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

// "/etc/secondstep/secondstep.conf:12" => the file and the line
Remark about(const Cause& cause, const std::string& file) {
    Remark remark{.level = Remark::Level::warning,
                  .file = file,
                  .line = 0,
                  .text = {},
                  .now = {},
                  .mend = {},
                  .finding = Finding::asks_nobody};
    if (cause.rule == nullptr || cause.rule->place.empty()) return remark;
    const std::size_t colon = cause.rule->place.rfind(':');
    remark.file = cause.rule->place.substr(0, colon);
    remark.line = parse_number<unsigned>(cause.rule->place.substr(colon + 1)).value_or(0);
    return remark;
}

Remark remark_of(const Cause& cause, const std::string& file) {
    Remark remark = about(cause, file);
    const std::string by = cause.rule == nullptr ? "the default action" : "rule \"" + cause.rule->name + "\"";
    const bool one = cause.services.size() == 1;
    remark.text = by + " makes people enroll, and " + listed(cause.services) + (one ? " has" : " have") +
                  " nobody to ask: jobs and sessions of who is not enrolled are refused there, by " +
                  cause.line.file + ":" + std::to_string(cause.line.line);
    remark.mend = "[rule jobs] with services = " + listed(cause.services) +
                  " and action = exempt, before the other rules";
    return remark;
}

}  // namespace

bool asks_nobody(std::string_view service) {
    return std::ranges::find(unattended, service) != unattended.end();
}

Remarks unattended_findings(const std::vector<Stack>& services, const Config& config,
                            const std::string& file) {
    std::vector<Cause> causes;
    for (const Stack& stack : services) {
        if (!asks_nobody(stack.service)) continue;
        const auto enrolls = enrolling(config, stack.service);
        const auto line = enrolls ? refusing_line(stack) : std::nullopt;
        if (!line) continue;
        auto cause = std::ranges::find(causes, enrolls->rule, &Cause::rule);
        if (cause == causes.end()) cause = causes.insert(causes.end(), Cause{enrolls->rule, {}, *line});
        cause->services.push_back(stack.service);
    }
    Remarks out;
    for (const Cause& cause : causes)
        out.push_back(remark_of(cause, file));
    return out;
}

}  // namespace secondstep::tool
