#pragma once

#include <mutex>

#include "base/randomness.h"

namespace secondstep {

// Takes from another one in large pieces, for whoever needs many small ones: a system call for each would cost more
// than what is made of them. Nothing of it is given out twice or stays behind. Thread-safe; not across fork(2), after
// which parent and child would give out the same.
class RandomnessStock final : public Randomness {
  public:
    // `from` outlives it.
    explicit RandomnessStock(Randomness& from) : from_(from) {}
    void fill(MutableByteView out) override;

  private:
    Randomness& from_;
    std::mutex mutex_;
    Secret stock_;
};

}  // namespace secondstep
