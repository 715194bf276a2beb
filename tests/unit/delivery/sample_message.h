#pragma once

#include "delivery/message.h"

namespace secondstep::testing {

inline delivery::Message code_message() {
    return {.purpose = delivery::MessagePurpose::code,
            .to = *delivery::Address::create(delivery::Channel::mail, "alice@example.com"),
            .user = "alice",
            .host = "web01.example.com",
            .service = "sshd",
            .contact = "IT night desk, +49 30 1234",
            .code = Secret::copy_of("012345"),
            .valid = std::chrono::minutes{5},
            .notice = {}};
}

}  // namespace secondstep::testing
