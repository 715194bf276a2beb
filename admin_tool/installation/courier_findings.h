#pragma once

#include <string_view>

#include "installation/diagnosis.h"
#include "parts/courier_need.h"

namespace secondstep::tool {

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
