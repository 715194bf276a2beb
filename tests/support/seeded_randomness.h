#pragma once

#include <cstdint>
#include <mutex>
#include <random>

#include "base/randomness.h"

namespace secondstep::testing {

// The same bytes for the same seed, in every run.
class SeededRandomness final : public Randomness {
  public:
    explicit SeededRandomness(std::uint64_t seed = 1) : engine_(seed) {}
    void fill(MutableByteView out) override {
        const std::lock_guard lock(mutex_);
        for (std::uint8_t& byte : out)
            byte = static_cast<std::uint8_t>(engine_() >> 11);
    }

  private:
    std::mutex mutex_;
    std::mt19937_64 engine_;
};

}  // namespace secondstep::testing
