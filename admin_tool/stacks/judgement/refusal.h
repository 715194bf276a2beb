#pragma once

#include <optional>

#include "stacks/judgement/ways.h"

namespace secondstep::tool {

// The line by which a way that does not lead in was lost: the first that counts as a failure, or jumps over the end.
// Nothing if no line says yes.
[[nodiscard]] std::optional<std::size_t> refusing_line(const Ways& ways, const Way& way, PamCode second_step);

}  // namespace secondstep::tool
