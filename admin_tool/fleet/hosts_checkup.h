#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "fleet/records.h"
#include "installation/diagnosis.h"
#include "relay/envelope.h"

namespace secondstep::tool {

// On a node: what its relay hears of the hosts that have joined, which of their clocks and programs differ from its own, and who was
// not heard for a day. `own_version`: of this node.
[[nodiscard]] Diagnoses judged_hosts(const fleet::HostList& hosts, const Result<relay::HostsSeen>& seen,
                                     std::string_view own_version, UnixTime now);

}  // namespace secondstep::tool
