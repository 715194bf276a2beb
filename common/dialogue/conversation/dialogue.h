#pragma once

#include "dialogue/conversation/step.h"

namespace secondstep::dialogue {

// One conversation with one person, as a state machine: no I/O but through its ports, no threads, never
// blocks. Not thread-safe; the runner calls one method at a time.
class Dialogue {
  public:
    Dialogue() = default;
    Dialogue(const Dialogue&) = delete;
    Dialogue& operator=(const Dialogue&) = delete;
    virtual ~Dialogue() = default;

    [[nodiscard]] virtual Step begin() = 0;
    [[nodiscard]] virtual Step answer(Reply reply) = 0;
    [[nodiscard]] virtual Step resume(Resumption resumption) = 0;
};

}  // namespace secondstep::dialogue
