#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "courier/redaction.h"
#include "delivery/report.h"

namespace secondstep::courier {

// Runs a program of this machine that takes a message over: no shell, these arguments, nothing in its
// environment but a fixed PATH and LC_ALL=C.UTF-8, `input` on its standard input. It gets 15 s, then it and
// all it started are killed. What it does in the background after a good end is its own business (mail
// servers deliver there). Its end decides: 0 sent; 75 (EX_TEMPFAIL of sysexits.h) deferred; 67, 68
// (EX_NOUSER, EX_NOHOST) the recipient; not startable: misconfigured; else program. The detail is the last
// line it printed, without what `redaction` hides; after a good end the id in it alone.
[[nodiscard]] delivery::Report run_program(const std::vector<Secret>& arguments, std::string_view input,
                                           const Redaction& redaction,
                                           std::chrono::milliseconds limit = std::chrono::seconds{15});

}  // namespace secondstep::courier
