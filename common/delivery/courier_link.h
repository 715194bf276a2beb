#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "delivery/courier.h"

namespace secondstep::delivery {

// Through courier.sock: one connection, and so one courier process, for each message. A courier that hangs,
// crashes, or is not there costs nothing but a report: connections are waited for by one thread, however many
// there are. That thread is started with the first message.
class CourierLink final : public Courier {
  public:
    struct Timing {
        std::chrono::milliseconds report = std::chrono::seconds{22};       // the courier gives up after 20 s
        std::chrono::milliseconds first_retry = std::chrono::seconds{20};  // after "deferred"; then doubled
    };
    explicit CourierLink(std::string socket, Timing timing);
    explicit CourierLink(std::string socket);
    // Drops what waits; every `done` that is still owed is called: with deferred when a courier has the
    // message (who hangs up at once must not get every message for nothing), otherwise with failed, courier.
    ~CourierLink() override;

    void send(Message message, std::chrono::seconds patience, std::function<void(Report)> done) override;

    // Waits until everything was handed over to a courier process or has failed, but no longer than that.
    void flush(std::chrono::milliseconds patience);

  private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

// The same, waited for; for the tool. Sends once.
[[nodiscard]] Report deliver(const std::string& socket, const Message& message);

}  // namespace secondstep::delivery
