#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/secret.h"

namespace secondstep {

// A port: programs use the kernel's generator, tests a seeded one.
class Randomness {
  public:
    Randomness() = default;
    Randomness(const Randomness&) = delete;
    Randomness& operator=(const Randomness&) = delete;
    virtual ~Randomness() = default;

    // Fills all of `out` or ends the process: there is no safe way to go on without randomness.
    virtual void fill(MutableByteView out) = 0;

    [[nodiscard]] Secret secret(std::size_t size) {
        Secret s(size);
        fill(s.bytes());
        return s;
    }
    template <std::size_t N>
    [[nodiscard]] std::array<std::uint8_t, N> array() {
        std::array<std::uint8_t, N> a{};
        fill(a);
        return a;
    }
};

// getrandom(2), without flags: blocks only before the kernel's generator is seeded at boot.
class SystemRandomness final : public Randomness {
  public:
    void fill(MutableByteView out) override;
};

}  // namespace secondstep
