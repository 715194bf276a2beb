#pragma once

#include <string_view>

#include "base/clock.h"

namespace secondstep::fleet {

// From then on a host asks for its next certificate: when two thirds of the life of the present one are over, and up to a
// thirty-sixth of it later (ten days of a year), by its name. Hosts that have joined together, by one play, do not all ask,
// and connect anew, at the same moment; each has enough time left.
[[nodiscard]] UnixTime renewal_time(std::string_view host, UnixTime begins, UnixTime ends);

}  // namespace secondstep::fleet
