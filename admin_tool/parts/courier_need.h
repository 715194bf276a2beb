#pragma once

#include <string>

#include "policy/config.h"

namespace secondstep::tool {

// For what messages have to be delivered on this machine, by its configuration.
struct CourierNeed {
    bool mail = false;     // people may enroll with codes by mail
    bool sms = false;      // the same by SMS
    bool notices = false;  // by mail, to everybody: notify_address

    [[nodiscard]] static CourierNeed of(const Config& config);
    [[nodiscard]] bool any() const { return mail || sms || notices; }
    // Without a courier somebody cannot log in; notices alone stop nobody.
    [[nodiscard]] bool for_logins() const { return mail || sms; }
};

// "the configuration has codes sent by mail and SMS, and the courier is not installed", or notices.
[[nodiscard]] std::string without_courier(const CourierNeed& need);

}  // namespace secondstep::tool
