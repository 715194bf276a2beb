#pragma once

#include <chrono>
#include <cstdint>

namespace secondstep {

// Seconds since 1970-01-01T00:00:00Z in 64 bits (RFC 6238 section 4.2 asks for more than 32).
using UnixTime = std::chrono::sys_seconds;

inline constexpr UnixTime never{};  // the field is unset

inline std::int64_t to_unix(UnixTime t) {
    return t.time_since_epoch().count();
}
inline UnixTime from_unix(std::int64_t seconds) {
    return UnixTime{std::chrono::seconds{seconds}};
}

// A port: tests set the time, programs read it.
class Clock {
  public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;
    [[nodiscard]] virtual UnixTime now() const = 0;
};

class SystemClock final : public Clock {
  public:
    [[nodiscard]] UnixTime now() const override {
        return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    }
};

}  // namespace secondstep
