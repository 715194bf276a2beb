#pragma once

#include "console/exit_status.h"
#include "console/invocation.h"
#include "enrollment/enroll_request.h"

namespace secondstep::tool {

// enroll --bulk: everybody in a CSV file, in batches that cost one flush each. Codes are of the long form
// (120 bits), for which a plain salted hash is enough; ten scrypts for each of 100,000 accounts would take a
// working day.
[[nodiscard]] Exit enroll_bulk(const EnrollRequest& request, const Invocation& invocation);

}  // namespace secondstep::tool
