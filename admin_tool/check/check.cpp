#include "check/check.h"

#include <algorithm>

#include "check/configuration_remarks.h"
#include "check/stack_files.h"
#include "check/unread.h"
#include "files/callers_rights.h"
#include "stacks/sshd_findings.h"
#include "stacks/stack_findings.h"

namespace secondstep::tool {

namespace {

Result<SshdSettings> read_sshd(const CheckedPath& config) {
    std::optional<CallersRights> rights;
    if (config.named_by_call) rights.emplace();
    return SshdSettings::read(config.path);
}

void take_sshd(const SshdInstance& sshd, const Stack& stack, const Config& config, CheckReport& report) {
    const auto settings = read_sshd(sshd.config);
    if (!settings)
        return report.add({cannot_be_read(sshd.config.path, "the settings of sshd were not checked")});
    report.sshd = true;
    report.match_blocks = report.match_blocks || settings->has_match_blocks();
    report.add(sshd_findings(*settings, stack, config));
}

void take_stack(const Stack& stack, const Config& config, const CheckRequest& request, CheckReport& report) {
    report.services.push_back(stack.service);
    report.add(findings_in(stack, config));
    for (const SshdInstance& sshd : request.sshds)
        if (sshd.service == stack.service) take_sshd(sshd, stack, config, report);
}

}  // namespace

CheckReport check(const CheckRequest& request) {
    CheckReport report;
    report.add(configuration_remarks(request.config, request.config_file));
    const Config config = request.config ? *request.config : Config{};
    Remarks unread;
    std::vector<Stack> stacks = StackFiles(request).services(unread);
    report.add(std::move(unread));
    std::erase_if(stacks, [](const Stack& stack) { return !has_second_step(stack); });
    for (const Stack& stack : stacks)
        take_stack(stack, config, request, report);
    report.add(remembering_remarks(config, request.config_file, stacks));
    return report;
}

}  // namespace secondstep::tool
