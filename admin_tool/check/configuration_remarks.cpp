#include "check/configuration_remarks.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "parts/courier_need.h"
#include "parts/part.h"
#include "stacks/judgement/rule_findings.h"
#include "stacks/judgement/stack_findings.h"

namespace secondstep::tool {

namespace {

// "FILE:12: what is wrong" => file, line, text
Remark remark_of(std::string_view problem, const std::string& otherwise) {
    Remark remark{Remark::Level::error, otherwise, 0, std::string(problem), {}, {}};
    const std::size_t end = problem.find(": ");
    if (end == std::string_view::npos) return remark;
    const std::string_view place = problem.substr(0, end);
    const std::size_t colon = place.rfind(':');
    const auto line =
        colon == std::string_view::npos ? std::nullopt : parse_number<unsigned>(place.substr(colon + 1));
    if (!line && !place.starts_with('/')) return remark;
    remark.file = place.substr(0, line ? colon : end);
    remark.line = line.value_or(0);
    remark.text = problem.substr(end + 2);
    return remark;
}

}  // namespace

Remarks configuration_remarks(const Result<Config>& config, const std::string& file) {
    if (config) return rule_findings(config->rules, file, groups_here(config->rules));
    Remarks remarks;
    for (const std::string_view problem : split(config.error().detail, '\n')) {
        remarks.push_back(remark_of(problem, file));
        if (config.error().code == Errc::not_found) remarks.back().mend = "secondstep setup";
    }
    return remarks;
}

Remarks courier_remarks(const Config& config, const std::string& file) {
    const CourierNeed need = CourierNeed::of(config);
    if (!need.any() || is_installed(Part::courier)) return {};
    return {{.level = need.for_logins() ? Remark::Level::error : Remark::Level::warning,
             .file = file,
             .line = 0,
             .text = without_courier(need),
             .now = {},
             .mend = how_to_install(Part::courier),
             .finding = Finding::configuration}};
}

Remarks remembering_remarks(const Config& config, const std::string& file, const std::vector<Stack>& stacks) {
    const bool by_default = config.rules.defaults.remember.count() > 0;
    const auto rule = std::ranges::find_if(config.rules.rules, [](const Rule& each) {
        return each.given.remember.value_or(std::chrono::seconds{0}).count() > 0;
    });
    const bool claimed = std::ranges::any_of(stacks, claims_first_factor);
    if (claimed || stacks.empty() || (!by_default && rule == config.rules.rules.end())) return {};
    return {{.level = Remark::Level::warning,
             .file = file,
             .line = 0,
             .text = "remember" + (by_default ? std::string() : " of rule \"" + rule->name + "\"") +
                     " has no effect: no PAM stack says that the first factor has passed",
             .now = {},
             .mend = "auth [success=ok ignore=ignore default=die] pam_secondstep.so first_factor=passed",
             .finding = Finding::configuration}};
}

}  // namespace secondstep::tool
