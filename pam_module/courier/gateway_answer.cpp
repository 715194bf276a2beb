#include "courier/gateway_answer.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"

namespace secondstep::courier {
namespace {

using delivery::Cause;
using delivery::Outcome;

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

}  // namespace

delivery::Report judge_answer(const SmsConfig& config, long status, std::string_view answer) {
    delivery::Report report{.outcome = Outcome::failed, .cause = Cause::refused, .detail = {}};
    report.detail = "HTTP " + std::to_string(status) + " " + printable(trimmed(answer), answer_in_detail);
    if (is_accepted(config, status, answer)) {
        report.outcome = Outcome::sent;
        report.cause = Cause::none;
    } else if (is_one_of(status, {401, 403, 407})) {
        report.cause = Cause::login;
    } else if (is_one_of(status, {408, 429, 500, 502, 503, 504})) {
        report.outcome = Outcome::deferred;
        report.cause = Cause::none;
    }
    return report;
}

}  // namespace secondstep::courier
