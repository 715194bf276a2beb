#pragma once

#include <string_view>

#include "installation/diagnosis.h"
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

// The courier does not work, or is not there: an error where logins need it, a warning for notices.
[[nodiscard]] Diagnosis courier_fault(const CourierNeed& need, std::string text, std::string mend);
// How it is started, with systemd and without.
[[nodiscard]] std::string how_to_start_courier();

// What `secondstep-courier --check` said, and how it ended.
struct CourierCheck {
    int status = -1;  // exit status; -1: it did not end by itself
    std::string out;  // "mail  mx.example.com:587 with STARTTLS\nsms   not set up\n"
    std::string err;
};
[[nodiscard]] Diagnoses findings_in(const CourierCheck& check, const CourierNeed& need);

}  // namespace secondstep::tool
