#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace secondstep {

// How one time of "lock, read, decide, write, unlock" ended.
enum class Round : std::uint8_t {
    over,     // what came of it is certain
    busy,     // somebody else has the record
    lost,     // somebody else wrote first
    unknown,  // it was written, or not: nobody can tell yet
};

// For how long what was busy, lost or of unknown outcome is tried again, and what is waited in between.
// Counted, not measured: a test sees the same waits in every run. Whoever has calls that take their time
// counts that too.
class Rounds {
  public:
    using Milliseconds = std::chrono::milliseconds;
    static constexpr Milliseconds for_a_lock = std::chrono::seconds{3};
    static constexpr Milliseconds for_all{3500};

    Rounds() = default;
    explicit Rounds(Milliseconds lock, Milliseconds all = for_all) : lock_(lock), all_(all) {}

    // Returns nullopt if `ended` was the last one. A record that somebody else has, or wrote first: 5, 10, 15,
    // 20, 20 ... ms. An engine that does not answer: 20, 30, 40, 50, 50 ...
    [[nodiscard]] std::optional<Milliseconds> wait_after(Round ended);

    // Time that passed otherwise.
    void took(Milliseconds time) { all_ -= time; }
    [[nodiscard]] bool used_up() const { return all_ <= Milliseconds::zero(); }

  private:
    Milliseconds lock_ = for_a_lock;
    Milliseconds all_ = for_all;
    unsigned rivals_ = 0;  // met so far
    unsigned silences_ = 0;
};

using SteadyTime = std::function<std::chrono::steady_clock::time_point()>;

// On a thread that has nothing else to do: does `round` until it is over or the time is, and sleeps in between.
// What the rounds take is counted. How the last one ended.
[[nodiscard]] Round sleep_through(Rounds& rounds, const std::function<Round()>& round, const SteadyTime& now);

}  // namespace secondstep
