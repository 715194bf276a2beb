#pragma once

#include "migration/formats/imported_account.h"

namespace secondstep::tool {

// A source may say one thing twice. The same key twice for one person is one device, with the later of its
// counters and a remark. What says two things is refused wherever it stands: one key for two people, or with two
// ways to make codes; one serial number with two keys (of a device with several keys each has an id of its own).
[[nodiscard]] Reading without_conflicts(Reading reading);

}  // namespace secondstep::tool
