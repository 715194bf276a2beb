#pragma once

#include "installation/diagnosis.h"
#include "policy/config.h"

namespace secondstep::tool {

// Whether the service answers: not that somebody listens, but what a login needs of it, from the greeting
// over the name service and a record of the store to the verdict. Several dialogues at once, because the
// service has several threads, and one that is ill answers some callers and not others. Changes nothing, and
// leaves no line in the journal. Runs as the service account.
void check_service(const Config& config, Diagnoses& findings);

}  // namespace secondstep::tool
