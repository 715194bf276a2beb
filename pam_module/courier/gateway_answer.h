#pragma once

#include <string_view>

#include "courier/courier_config.h"
#include "courier/redaction.h"
#include "delivery/report.h"

namespace secondstep::courier {

// What a gateway's answer means: accept_status, accept_text and refuse_text of the configuration decide
// whether the text was taken over; otherwise 401, 403 and 407 are the login, 408, 429, 500, 502, 503 and 504
// may mend themselves, and everything else is a refusal. The detail is the status and the beginning of the
// answer, without what `redaction` hides; of a text that was taken over the status and the id alone.
[[nodiscard]] delivery::Report judge_answer(const SmsConfig& config, long status, std::string_view answer,
                                            const Redaction& redaction);

}  // namespace secondstep::courier
