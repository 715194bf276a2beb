#pragma once

#include <vector>

#include "stacks/judgement/stack_findings.h"
#include "stacks/programs/sshd_match.h"
#include "stacks/programs/sshd_settings.h"

namespace secondstep::tool {

// One login, and what sshd does with it.
struct SshdView {
    SshdLogin login;
    SshdSettings settings;
    // As most people log in. What a Match block says of others alone is an exception that somebody made.
    bool is_ordinary = true;
};

using SshdViews = std::vector<SshdView>;

// PermitRootLogin no: what else is said of root makes no difference.
[[nodiscard]] bool is_kept_out(const SshdView& view);

// What sshd has made sure of before it runs the stack, over all ways in of all of them that run it.
[[nodiscard]] BeforeStack before_stack(const SshdViews& views);

// "root", "alice (from 192.0.2.1)"; at most three, and how many more.
[[nodiscard]] std::string logins_text(const std::vector<const SshdLogin*>& logins, const SshdViews& all);

}  // namespace secondstep::tool
