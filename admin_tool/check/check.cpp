#include "check/check.h"

#include <algorithm>
#include <optional>

#include "check/configuration_remarks.h"
#include "check/libpam_here.h"
#include "check/module_files.h"
#include "check/running_service.h"
#include "check/sshd_check.h"
#include "check/stack_files.h"
#include "check/unread.h"
#include "stacks/judgement/missing_modules.h"
#include "stacks/judgement/part_without_use.h"
#include "stacks/judgement/stack_findings.h"
#include "stacks/judgement/twins.h"
#include "stacks/judgement/unattended.h"
#include "stacks/programs/sshd_findings.h"
#include "stacks/programs/sudo_findings.h"

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
        .file = stack.lines.empty() ? stack.service : stack.lines.front().file,
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

// What a stack is looked at with.
struct Surroundings {
    const Config& config;
    const Neighbours& services;
    Sshds& sshds;
};

BeforeStack before_of(const Stack& stack, Sshds& sshds) {
    if (const SshdSeen* sshd = sshds.of(stack.service)) return before_stack(sshd->views);
    return is_of_an_sshd(stack.service) ? BeforeStack::cannot_tell : BeforeStack::nothing;
}

Neighbours with_what_comes_before(const std::vector<Stack>& services, Sshds& sshds) {
    Neighbours all;
    std::ranges::transform(services, std::back_inserter(all), [&sshds](const Stack& stack) {
        return Neighbour{stack, has_second_step(stack) ? before_of(stack, sshds) : BeforeStack::cannot_tell};
    });
    return all;
}

// Whatever the service is called, PAMServiceName may make it an sshd's.
void take_stack(const Stack& stack, const Surroundings& by, CheckReport& report) {
    const auto& [config, services, sshds] = by;
    report.services.push_back(stack.service);
    const SshdSeen* sshd = sshds.of(stack.service);
    const BeforeStack before = before_of(stack, sshds);
    Remarks findings = findings_in(stack, config, before, services);
    // That nothing in the stack asks for a password is then a matter of sshd's settings, or it is said that they are not
    // known; a password in the stack would shut out who has a key and none.
    if (before == BeforeStack::cannot_tell) {
        std::erase_if(findings, [](const Remark& remark) {
            return remark.finding == Finding::no_first_factor && remark.level == Remark::Level::warning;
        });
    }
    report.add(std::move(findings));
    if (sshd != nullptr) return take_sshd(*sshd, stack, config, report);
    if (!is_of_an_sshd(stack.service)) return;
    report.add(sshds.unread().empty() ? Remarks{settings_not_known(stack)} : sshds.unread());
}

// What belongs to this machine alone; nothing where the call names other directories.
struct Machine {
    LibpamHere libpam;
    std::optional<ModuleFiles> modules;
};
Machine machine_of(const CheckRequest& request, Remarks& unread) {
    Machine machine;
    if (!request.is_this_machine()) return machine;
    machine.libpam = libpam_here(request.machine.libpam);
    machine.modules.emplace(machine.libpam.module_directories);
    if (!machine.libpam.rules) {
        const std::string& path = request.machine.libpam;
        unread.push_back(cannot_be_read(path.empty() ? "libpam.so.0" : path,
                                        "stacks were read as by the libpam of Debian 12"));
    }
    return machine;
}

Remark nobody_is_asked(const CheckRequest& request) {
    return {.level = Remark::Level::warning,
            .file = request.pam_directories.front().path,
            .line = 0,
            .text = "nobody is asked for a code yet: no service has pam_secondstep",
            .now = {},
            .mend = "secondstep pam add SERVICE",
            .finding = Finding::no_code};
}

bool is_sudo(const Stack& stack) {
    return has_second_step(stack) && (stack.service == "sudo" || stack.service == "sudo-i");
}

void take_machine(const CheckRequest& request, const Machine& machine, const std::vector<Stack>& services,
                  CheckReport& report) {
    for (const Stack& stack : services)
        report.add(missing_modules(stack));
    report.add(machine.modules->versions(services));
    report.add(service_program_remarks(request.machine.service_program));
    if (std::ranges::any_of(services, is_sudo)) {
        Remarks unread;
        report.add(sudo_findings(sudo_asking(request.machine.sudo, unread)));
        report.add(std::move(unread));
    }
    // Another file than the service's own says nothing of what it should go by.
    const bool is_its_own = request.is_installed && request.config_file == paths::config_file;
    const auto running = request.config && is_its_own ? running_service(*request.config) : std::nullopt;
    if (running) report.add(running_service_remarks(*running, *request.config, request.config_file));
}

// What can be said only of all services together.
void take_all(const CheckRequest& request, const Config& config, const std::vector<Stack>& services,
              CheckReport& report) {
    for (const Stack& stack : services)
        report.add(parts_without_use(stack));
    report.add(twins_without_code(services));
    report.add(unattended_findings(services, config, request.config_file));
    std::vector<Stack> asking = services;
    std::erase_if(asking, [](const Stack& stack) { return !has_second_step(stack); });
    report.add(remembering_remarks(config, request.config_file, asking));
}

}  // namespace

CheckReport check(const CheckRequest& request) {
    CheckReport report;
    report.add(configuration_remarks(request.config, request.config_file));
    const Config config = request.config ? *request.config : Config{};
    report.add(courier_remarks(config, request.config_file));
    Remarks unread;
    const Machine machine = machine_of(request, unread);
    const StackFiles files(request, machine.libpam.rules.value_or(LibpamRules{}));
    std::vector<Stack> services = files.services(unread);
    const bool could_not_look = !unread.empty();
    report.add(std::move(unread));
    Sshds sshds(request);
    for (Stack& stack : services) {
        if (machine.modules) machine.modules->mark_missing(stack);
    }
    const Neighbours neighbours = with_what_comes_before(services, sshds);
    for (const Stack& stack : services) {
        // One that does not start may end before the line of the module.
        const bool is_ours =
            has_second_step(stack) || (stack.start != Start::works && files.names_second_step(stack));
        if (is_ours) take_stack(stack, {config, neighbours, sshds}, report);
    }
    if (report.services.empty() && !could_not_look) report.add({nobody_is_asked(request)});
    take_all(request, config, services, report);
    if (machine.modules) take_machine(request, machine, services, report);
    return report;
}

}  // namespace secondstep::tool
