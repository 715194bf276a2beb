#pragma once

#include "dialogue/journal.h"

namespace secondstep::dialogue {

// A port: tells the owner of a second step, by a way of his own (mail), that it was changed. Must not block.
class Notices {
  public:
    Notices() = default;
    Notices(const Notices&) = delete;
    Notices& operator=(const Notices&) = delete;
    virtual ~Notices() = default;
    virtual void tell(const ChangeEntry& change) = 0;
};

}  // namespace secondstep::dialogue
