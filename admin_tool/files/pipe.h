#pragma once

#include "base/error.h"
#include "base/file.h"

namespace secondstep::tool {

// From a process that may read something to one that may write it, or show it: what goes through lies on no disk.
struct Pipe {
    UniqueFd out;
    UniqueFd in;
    [[nodiscard]] static Result<Pipe> make();
};

}  // namespace secondstep::tool
