#pragma once

#include <memory>
#include <optional>

#include "delivery/courier_link.h"
#include "dialogue/memory/pending_addresses.h"
#include "dialogue/sending/counted_message.h"
#include "enrollment/new_second_step.h"
#include "otp/typed_answer.h"

namespace secondstep::tool {

// An address for codes. A code is sent there, and confirms it. The code is in this process and in the
// message, and nowhere else; the message counts against the account's budget, like those of logins.
class AddressEnrollment final : public NewSecondStep {
  public:
    explicit AddressEnrollment(const EnrollmentTask& task);

    [[nodiscard]] OrExit<void> prepare(const Account& before) override;
    void put_into(Credential& credential) const override;
    [[nodiscard]] OrExit<Secret> json(const std::vector<Secret>& codes) const override;

  private:
    [[nodiscard]] OrExit<void> count_message();
    void count_no_message();
    [[nodiscard]] delivery::Message message();
    [[nodiscard]] OrExit<void> send();
    [[nodiscard]] Exit not_sent(const delivery::Report& report);
    [[nodiscard]] OrExit<void> ask_for_code();
    [[nodiscard]] bool is_the_code(const dialogue::TypedOtp& typed);

    const EnrollmentTask& task_;
    const delivery::Address& address_;
    AuthenticatorId id_;
    dialogue::PendingAddresses pending_;  // lifetime and number of tries are judged there
    dialogue::PendingAddresses::Key key_;
    dialogue::CountedMessage counted_;  // the one that is sent
    delivery::CourierLink courier_;  // lives on while a code is asked for: a deferred message is sent again
};

}  // namespace secondstep::tool
