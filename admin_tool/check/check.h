#pragma once

#include "check/check_report.h"
#include "check/check_request.h"

namespace secondstep::tool {

// Everything `secondstep check-config` has to say. Looks and reports; changes nothing, needs no service and no
// store, and never waits without an end. Two requests that differ in `replaced` alone tell what a change of one
// file makes better and worse before it is written.
//
// As root it sees what logins will see; as anybody else what they may read, and a remark (Finding::unreadable)
// names each file that could not be looked at: silence is never "could not look". Nothing is quoted from a file
// but lines that PAM or sshd understand.
[[nodiscard]] CheckReport check(const CheckRequest& request);

}  // namespace secondstep::tool
