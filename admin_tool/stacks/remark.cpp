#include "stacks/remark.h"

namespace secondstep::tool {

std::string_view to_text(Finding finding) {
    switch (finding) {
        case Finding::broken_line:
            return "broken-line";
        case Finding::asked_after_refusal:
            return "asked-after-refusal";
        case Finding::no_first_factor:
            return "no-first-factor";
        case Finding::no_code:
            return "no-code";
        case Finding::wrong_code:
            return "wrong-code";
        case Finding::nobody_gets_in:
            return "nobody-gets-in";
        case Finding::needs_none_refused:
            return "needs-none-refused";
        case Finding::asked_twice:
            return "asked-twice";
        case Finding::strangers_learn:
            return "strangers-learn";
        case Finding::not_reached:
            return "not-reached";
        case Finding::not_asked_to_enroll:
            return "not-asked-to-enroll";
        case Finding::cannot_enroll:
            return "cannot-enroll";
        case Finding::nothing_is_sent:
            return "nothing-is-sent";
        case Finding::combined_prompt:
            return "combined-prompt";
        case Finding::unknown_argument:
            return "unknown-argument";
        case Finding::part_without_use:
            return "part-without-use";
        case Finding::module_missing:
            return "module-missing";
        case Finding::module_version:
            return "module-version";
        case Finding::asks_nobody:
            return "asks-nobody";
        case Finding::twin_without_code:
            return "twin-without-code";
        case Finding::somebody_elses_code:
            return "somebody-elses-code";
        case Finding::sshd_setting:
            return "sshd-setting";
        case Finding::service_settings:
            return "service-settings";
        case Finding::configuration:
            return "configuration";
        case Finding::rule:
            return "rule";
        case Finding::unreadable:
            return "unreadable";
    }
    return "configuration";
}

}  // namespace secondstep::tool
