#include "check/check.h"

#include <algorithm>

#include "check/configuration_remarks.h"
#include "check/sshd_check.h"
#include "check/stack_files.h"
#include "check/unread.h"
#include "stacks/sshd_findings.h"
#include "stacks/stack_findings.h"

namespace secondstep::tool {

namespace {

// The sshds of a request, looked at when the first stack needs them.
class Sshds {
  public:
    explicit Sshds(const CheckRequest& request) : request_(request) {}

    // Nothing: no sshd runs this stack, as far as is known.
    const SshdSeen* of(const std::string& service) {
        if (!looked_) look();
        const auto found = std::ranges::find(seen_, service, &SshdSeen::service);
        return found == seen_.end() ? nullptr : &*found;
    }
    [[nodiscard]] const Remarks& unread() const { return unread_; }

  private:
    void look() {
        looked_ = true;
        for (const SshdInstance& sshd : request_.sshds) {
            auto seen = look_at(sshd);
            if (seen) seen_.push_back(std::move(*seen));
            if (!seen)
                unread_.push_back(cannot_be_read(sshd.config.path, "the settings of sshd were not checked"));
        }
    }

    const CheckRequest& request_;
    std::vector<SshdSeen> seen_;
    Remarks unread_;
    bool looked_ = false;
};

// A second sshd goes by the name of its program: sshd-extern.
bool is_of_an_sshd(const std::string& service) {
    return service.starts_with("sshd");
}

Remark settings_not_known(const Stack& stack) {
    return {
        .level = Remark::Level::warning,
        .file = stack.lines.front().file,
        .line = 0,
        .text =
            "this stack looks like that of another sshd, whose settings are not known: whether a key comes "
            "before the code cannot be told",
        .now = {},
        .mend = "secondstep check-config --sshd-service " + stack.service +
                " --sshd-config FILE, its sshd_config",
        .finding = Finding::unreadable};
}

void take_sshd(const SshdSeen& sshd, const Stack& stack, const Config& config, CheckReport& report) {
    report.sshd = true;
    report.match_blocks = report.match_blocks || sshd.has_match_blocks;
    report.sshd_was_asked = report.sshd_was_asked || sshd.was_asked;
    for (const std::string& user : without_code(sshd.views))
        report.without_code.push_back(user);
    report.add(sshd.remarks);
    report.add(sshd_findings(sshd.views, stack, config));
}

// Whatever the service is called, PAMServiceName may make it an sshd's.
void take_stack(const Stack& stack, const Config& config, Sshds& sshds, CheckReport& report) {
    report.services.push_back(stack.service);
    const SshdSeen* sshd = sshds.of(stack.service);
    const auto unknown = is_of_an_sshd(stack.service) ? BeforeStack::cannot_tell : BeforeStack::nothing;
    report.add(findings_in(stack, config, sshd != nullptr ? before_stack(sshd->views) : unknown));
    if (sshd != nullptr) return take_sshd(*sshd, stack, config, report);
    if (!is_of_an_sshd(stack.service)) return;
    report.add(sshds.unread().empty() ? Remarks{settings_not_known(stack)} : sshds.unread());
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
    Sshds sshds(request);
    for (const Stack& stack : stacks)
        take_stack(stack, config, sshds, report);
    report.add(remembering_remarks(config, request.config_file, stacks));
    return report;
}

}  // namespace secondstep::tool
