#pragma once

#include <cstddef>

#include "installation/diagnosis.h"
#include "policy/config.h"

namespace secondstep::tool {

// Of a host: whether root gets in at its console while no node answers. Pure; `codes_left`: its break-glass codes.
[[nodiscard]] Diagnosis judged_console(const Config& config, std::size_t codes_left);

}  // namespace secondstep::tool
