// What a gateway, a mail server or a courier says: any bytes. The report's line is one line, comes back as
// the same report, and a text that must be in the answer is never missing in what was accepted.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "courier/gateway_answer.h"
#include "courier/smtp.h"
#include "delivery/report.h"

namespace {

using namespace secondstep;

void check(const delivery::Report& report) {
    const std::string line = delivery::to_line(report);
    if (line.size() > 400 || line.find_first_of("\r\n") != std::string::npos) std::abort();
    const delivery::Report again = delivery::report_of(line);
    if (again.outcome != report.outcome || again.cause != report.cause) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3) return 0;
    const std::string_view answer(reinterpret_cast<const char*>(data) + 3, size - 3);
    const long status = (data[0] << 8 | data[1]) % 700;
    courier::SmsConfig config;
    config.accept_text = {"ok", "queued"};
    config.refuse_text = {"error"};
    courier::Redaction redaction;
    redaction.hide("123456");
    if (redaction.of(answer).size() != std::min(answer.size(), courier::Redaction::longest_text))
        std::abort();
    const delivery::Report gateway = courier::judge_answer(config, status, answer, redaction);
    const bool has_word = answer.find("ok") != answer.npos || answer.find("queued") != answer.npos;
    const bool may_pass = has_word && answer.find("error") == answer.npos && status / 100 == 2;
    if ((gateway.outcome == delivery::DeliveryOutcome::sent) != may_pass) std::abort();
    check(gateway);
    check(courier::judge_smtp({.code = static_cast<CURLcode>(data[2] % 99),
                               .reply = status,
                               .verb = std::string(answer.substr(0, 4)),
                               .last_line = std::string(answer),
                               .farewell = false,
                               .error_text = "error"},
                              redaction));
    check(delivery::report_of(answer));
    return 0;
}
