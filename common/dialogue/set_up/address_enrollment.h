#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "dialogue/conversation/script.h"
#include "dialogue/sending/code_delivery.h"
#include "dialogue/sending/counted_message.h"
#include "dialogue/set_up/enrollment_commit.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// A new address for codes inside a conversation: asks for it, sends a code there, and when that code is typed
// (three tries) replaces the second step before with it. What is sent counts against the account's budget,
// and is written down before it is sent.
class AddressEnrollment : OutlivesScripts {
  public:
    AddressEnrollment(Visit& visit, EnrollmentCommit& enrollment, delivery::Channel channel)
        : visit_(visit), enrollment_(enrollment), channel_(channel) {}

    [[nodiscard]] Script<EnrollmentOutcome> set_up();

  private:
    enum class Sending { sent, held_back, failed, unavailable };
    enum class Confirmation { confirmed, hung_up, other_address, refused };

    [[nodiscard]] Script<std::optional<delivery::Address>> ask_address();
    [[nodiscard]] Script<std::optional<EnrollmentOutcome>> try_address(delivery::Address address);
    [[nodiscard]] Script<Sending> send_to(delivery::Address address);
    [[nodiscard]] Script<Sending> count_message();
    [[nodiscard]] Script<void> count_no_message();
    void hand_over(const delivery::Address& address);
    [[nodiscard]] std::function<void(delivery::Report)> report_on(const delivery::Address& address) const;
    [[nodiscard]] Script<Confirmation> confirm(delivery::Address address);
    [[nodiscard]] PendingAddresses::Key key(const delivery::Address& address) const;

    Visit& visit_;
    EnrollmentCommit& enrollment_;
    delivery::Channel channel_;
    std::optional<CountedMessage> counted_;  // the one that code_delivery_ is about
    std::shared_ptr<CodeDelivery> code_delivery_;
    unsigned wrong_ = 0;
};

}  // namespace secondstep::dialogue
