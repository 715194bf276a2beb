#pragma once

#include <chrono>
#include <functional>

#include "delivery/message.h"
#include "delivery/report.h"

namespace secondstep::delivery {

// A port: takes messages to whoever delivers them. Thread-safe.
class Courier {
  public:
    Courier() = default;
    Courier(const Courier&) = delete;
    Courier& operator=(const Courier&) = delete;
    virtual ~Courier() = default;

    // Does not block and does not wait. `done` is called exactly once, on a thread of the courier's or before
    // send() returns, with the first report there is; it must not block for long or throw. A message that was
    // deferred is reported so and sent again until `patience` is over, without a further report.
    virtual void send(Message message, std::chrono::seconds patience, std::function<void(Report)> done) = 0;
};

}  // namespace secondstep::delivery
