#include "courier/gateway_answer.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "courier/message_id.h"

namespace secondstep::courier {
namespace {

using delivery::Cause;
using delivery::DeliveryOutcome;

constexpr std::size_t answer_in_detail = 200;

bool holds_one_of(std::string_view answer, const std::vector<std::string>& alternatives) {
    return std::ranges::any_of(
        alternatives, [&](const std::string& text) { return answer.find(text) != std::string_view::npos; });
}

bool is_accepted(const SmsConfig& config, long status, std::string_view answer) {
    if (status < static_cast<long>(config.accept_status.lowest) ||
        status > static_cast<long>(config.accept_status.highest)) {
        return false;
    }
    if (holds_one_of(answer, config.refuse_text)) return false;
    return config.accept_text.empty() || holds_one_of(answer, config.accept_text);
}

bool is_one_of(long status, std::initializer_list<long> known) {
    return std::ranges::find(known, status) != known.end();
}

// "HTTP 201 id SM1"
std::string with_id(std::string what, const std::string& redacted) {
    const std::string id = message_id_in(redacted);
    return id.empty() ? what : what + " id " + id;
}

}  // namespace

delivery::Report judge_answer(const SmsConfig& config, long status, std::string_view answer,
                              const Redaction& redaction) {
    delivery::Report report{.outcome = DeliveryOutcome::failed, .cause = Cause::refused, .detail = {}};
    // Before it is shortened: of a secret that is cut in two the first half would stay.
    const std::string redacted = redaction.of(answer);
    const std::string code = "HTTP " + std::to_string(status);
    report.detail = code + " " + printable(trimmed(redacted), answer_in_detail);
    if (is_accepted(config, status, answer)) {
        report.outcome = DeliveryOutcome::sent;
        report.cause = Cause::none;
        report.detail = with_id(code, redacted);
    } else if (is_one_of(status, {401, 403, 407})) {
        report.cause = Cause::login;
    } else if (is_one_of(status, {408, 429, 500, 502, 503, 504})) {
        report.outcome = DeliveryOutcome::deferred;
        report.cause = Cause::none;
    }
    return report;
}

}  // namespace secondstep::courier
