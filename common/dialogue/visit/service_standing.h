#pragma once

#include "dialogue/conversation/step.h"
#include "policy/config.h"

namespace secondstep::dialogue {

// For root's tools: how the service of this machine stands, which version it is, and which configuration it has read.
[[nodiscard]] Show service_standing(const Config& config);

}  // namespace secondstep::dialogue
