#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "relay/envelope.h"

namespace secondstep::relay {

// One conversation with the fleet, as the service of a host has it. A port; its calls block.
class Line {
  public:
    using Time = std::chrono::steady_clock::time_point;

    Line() = default;
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    virtual ~Line() = default;

    // Errors: too_large, timed_out, closed, io.
    [[nodiscard]] virtual Result<void> send(const Envelope& envelope, Time until) = 0;
    // Errors: timed_out, closed, damaged, unsupported, io.
    [[nodiscard]] virtual Result<Envelope> receive(Time until) = 0;
};

// Whether the account of that uid is the relay's (fleet_account): asked of nobody who is root or runs this program.
using IsRelay = std::function<bool(uid_t)>;

// To the relay beside this process, which hears codes, and says what nodes say: whoever else listens there hears nothing.
// Errors: as wire::BoundedSocket::connected_to(); untrusted (somebody else listens).
[[nodiscard]] Result<std::unique_ptr<Line>> line_to_the_relay(const std::string& socket,
                                                              const IsRelay& is_relay, Line::Time until);

}  // namespace secondstep::relay
