#pragma once

#include "base/verdict.h"

namespace secondstep::dialogue {

struct Visit;

// How a conversation ended. Made by Visit::end(), which logs it, or by end_quietly(), which says that it is on
// purpose in no line of the journal: no verdict goes unlogged because somebody forgot.
class [[nodiscard]] Ended {
  public:
    [[nodiscard]] Verdict verdict() const { return verdict_; }

  private:
    friend struct Visit;
    explicit Ended(Verdict verdict) : verdict_(verdict) {}
    Verdict verdict_;
};

}  // namespace secondstep::dialogue
