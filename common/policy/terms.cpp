#include "policy/terms.h"

#include <ctime>

namespace secondstep {

std::string_view to_text(Action action) {
    switch (action) {
        case Action::allow:
            return "allow";
        case Action::require:
            return "require";
        case Action::exempt:
            return "exempt";
        case Action::enroll:
            return "enroll";
    }
    return "?";
}

std::string_view to_text(EnrollmentProof proof) {
    switch (proof) {
        case EnrollmentProof::registration_code:
            return "registration-code";
        case EnrollmentProof::open:
            return "open";
    }
    return "?";
}

bool Terms::may_disable_own_step() const {
    return allow_self_disable.value_or(action != Action::require && action != Action::enroll);
}

bool Terms::may_decline(UnixTime now) const {
    return enroll_until && now <= *enroll_until;
}

Terms GivenTerms::completed_by(const Terms& defaults) const {
    Terms terms = defaults;
    const auto take = [](const auto& given, auto& place) {
        if (given) place = *given;
    };
    take(action, terms.action);
    take(enrollment, terms.enrollment);
    take(methods, terms.methods);
    take(remember, terms.remember);
    take(repeat, terms.repeat);
    take(combined_digits, terms.combined_digits);
    if (enroll_until) terms.enroll_until = enroll_until;
    if (allow_self_disable) terms.allow_self_disable = allow_self_disable;
    return terms;
}

UnixTime end_of_day(std::chrono::year_month_day date) {
    std::tm local{};
    local.tm_year = static_cast<int>(date.year()) - 1900;
    local.tm_mon = static_cast<int>(static_cast<unsigned>(date.month())) - 1;
    local.tm_mday = static_cast<int>(static_cast<unsigned>(date.day()));
    local.tm_hour = 23;
    local.tm_min = 59;
    local.tm_sec = 59;
    local.tm_isdst = -1;  // whichever holds on that day
    return from_unix(std::mktime(&local));
}

}  // namespace secondstep
