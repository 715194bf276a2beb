#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>

#include "account/sent_code.h"
#include "dialogue/conversation/ports.h"
#include "dialogue/conversation/script.h"

namespace secondstep::dialogue {

// One code on its way to its owner. Shared by the dialogue that wants it, the background that makes it, and
// the courier that reports on it.
class CodeDelivery {
  public:
    enum class Outcome {
        underway,
        sent,       // taken over, or deferred; or one that was sent before is still good
        held_back,  // nothing is sent: throttled, or over the budget. Looks like `sent`
        failed,     // the journal says why
    };
    [[nodiscard]] Outcome outcome() const { return outcome_.load(); }
    void came_to(Outcome outcome) { outcome_.store(outcome); }

  private:
    std::atomic<Outcome> outcome_{Outcome::underway};
};

// The message that brings `code`; `service` may be empty.
[[nodiscard]] delivery::Message code_message(const Config& config, const std::string& host,
                                             const delivery::Address& to, const std::string& user,
                                             const std::string& service, Secret code);

// The message that brings the link to the page for the picture of `portal`'s QR code.
[[nodiscard]] delivery::Message link_message(const Config& config, const std::string& host,
                                             const delivery::Address& to, const std::string& user,
                                             const std::string& portal, Secret link,
                                             std::chrono::minutes valid);

// What is sent for whom.
struct DeliveryOrder {
    RecordName record;
    std::string name;  // of the account
    Source source;     // whose counter must let answers through: what would not be judged is not sent
    SentFor asked;
    bool again = false;  // also when one is alive: that one is void then
};

// A job for the background: makes a code, writes its digest and the time of sending into the state, and only
// then hands it to the courier (a crash in between sends nothing, and never twice). Nothing is sent when one
// is alive for the same, the counter of the source holds answers back, or a budget is used up. What could not
// be delivered does not count against the budget, and the next dialogue sends another one.
[[nodiscard]] std::function<void()> job_to_send(Ports ports, DeliveryOrder order,
                                                std::shared_ptr<CodeDelivery> code_delivery);

// Waits some seconds for what becomes of the message. False: it was sent, or that is not known yet.
[[nodiscard]] Script<bool> is_known_to_have_failed(Talk& talk, std::shared_ptr<CodeDelivery> code_delivery);

}  // namespace secondstep::dialogue
