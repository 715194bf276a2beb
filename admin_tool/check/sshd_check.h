#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "check/check_request.h"
#include "stacks/programs/sshd_view.h"
#include "stacks/remark.h"

namespace secondstep::tool {

// What was learnt of one sshd, from sshd itself where it can be asked, otherwise from its file.
struct SshdSeen {
    std::string service;  // as its file says (PAMServiceName), or as the request does
    SshdViews views;
    bool has_match_blocks = false;
    bool was_asked = false;  // sshd -T
    Remarks remarks;         // what could not be read, or told
};
// Errors: not_found, io (its file cannot be read).
[[nodiscard]] Result<SshdSeen> look_at(const SshdInstance& sshd);

}  // namespace secondstep::tool
