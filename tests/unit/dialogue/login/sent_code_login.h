#pragma once

#include <string>
#include <vector>

#include "unit/dialogue/conversation.h"

namespace secondstep::testing {

// maria's codes go to maria@example.com.
class SentCodeLogin : public Conversation {
  protected:
    static inline const std::string wrong = "00000000";  // eight digits: no code that is sent has so many
    static inline const std::vector<Typed> three_wrong{"00000000", "00000001", "00000002"};
    SentCodeLogin() { world_.enroll_address("maria", 1001, delivery::Channel::mail, "maria@example.com"); }
    [[nodiscard]] dialogue::Request marias() const {
        dialogue::Request request = this->request();
        request.user = "maria";
        return request;
    }
    Transcript log_in(const std::vector<Typed>& answers) { return world_.login(marias(), answers); }
    [[nodiscard]] std::size_t codes_sent() const {
        return world_.courier.sent(delivery::MessagePurpose::code).size();
    }
    // Begins a login, so that a code is sent if one is due.
    void arrive() { static_cast<void>(log_in({no_answer})); }
    [[nodiscard]] State& marias_state() { return world_.store->record("maria").state; }
    [[nodiscard]] bool warned_of(const std::string& words) const {
        return !world_.journal.warnings.empty() && world_.journal.warnings.back().contains(words);
    }
};

}  // namespace secondstep::testing
