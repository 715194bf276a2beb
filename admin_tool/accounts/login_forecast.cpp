#include "accounts/login_forecast.h"
#include "base/local_time.h"

namespace secondstep::tool {

namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::string days_left(UnixTime until, UnixTime now) {
    const auto days = std::chrono::floor<std::chrono::days>(until - now).count();
    return std::to_string(days) + (days == 1 ? " day" : " days") + " left";
}

// The question for a code, and what stands in the way of an answer.
void add_question(std::vector<std::string>& out, const AccountRow& row) {
    const std::string method(row.method ? to_text(*row.method) : "");
    const std::string codes = std::to_string(row.codes_left.value_or(0));
    if (row.address.empty()) {
        out.push_back("Is asked for a code (" + method + ") or a recovery code (" + codes + " left).");
    } else {
        out.push_back("Is asked for a code that is sent to " + row.address + " (" + method +
                      "), where the module has first_factor=passed, or a recovery code (" + codes +
                      " left).");
    }
    if (row.status == AccountStatus::throttled && row.until) {
        out.push_back("No answer is judged until " + local_minute(*row.until) + ", after " +
                      std::to_string(row.failures) + " failures: secondstep unlock " + row.user);
    }
    if (row.status == AccountStatus::closed) {
        out.push_back("After " + std::to_string(row.failures) + " failures no code is accepted, until " +
                      (row.a_code_opens ? "a recovery code or: " : "") + "secondstep unlock " + row.user);
    }
    if (row.status == AccountStatus::re_enroll) out.emplace_back("Then has to enroll again.");
}

void add_grants(std::vector<std::string>& out, const Policy& policy) {
    if (policy.remember.count() > 0) {
        out.push_back("Then is not asked again from the same address for " + duration_text(policy.remember) +
                      ", where the module has first_factor=passed.");
    }
    if (policy.repeat.count() > 0) {
        out.push_back("The same code is accepted again from the same address for " +
                      duration_text(policy.repeat) + ".");
    }
    out.emplace_back(policy.may_disable_own_step()
                         ? "May switch off the second step without an administrator."
                         : "May not switch off the second step.");
}

LoginForecast enrolling(const Policy& policy, const AccountRow& row, UnixTime now) {
    LoginForecast forecast{PolicyOutcome::enrolls, {}};
    std::vector<std::string>& out = forecast.sentences;
    out.push_back(
        "Enrolls when logging in (" + joined(policy.methods) +
        "), where the module has first_factor=passed, enroll=account and a line in the account part; is "
        "refused elsewhere.");
    if (policy.may_decline(now)) {
        out.push_back("May put it off until " + local_minute(*policy.enroll_until) + " (" +
                      days_left(*policy.enroll_until, now) + ").");
    } else if (policy.enroll_until) {
        out.push_back("May not put it off any more: the deadline was " + local_minute(*policy.enroll_until) +
                      ".");
    } else {
        out.emplace_back("May not put it off.");
    }
    if (policy.enrollment == EnrollmentProof::open) {
        out.emplace_back("Needs no registration code.");
    } else if (row.invited_until) {
        out.push_back("Needs the registration code that was given; it is valid until " +
                      local_minute(*row.invited_until) + ".");
    } else {
        out.push_back("Needs a registration code: secondstep invite " + row.user + " prints one.");
    }
    return forecast;
}

LoginForecast without_enrollment(const Policy& policy, const AccountRow& row, UnixTime now) {
    switch (policy.action) {
        case Action::allow:
        case Action::exempt:
            return {PolicyOutcome::let_in, {"Is let in without a code: not enrolled."}};
        case Action::require:
            return {PolicyOutcome::refused,
                    {"Is refused: not enrolled. secondstep enroll " + row.user + " gives a second step."}};
        case Action::enroll:
            break;
    }
    return enrolling(policy, row, now);
}

}  // namespace

std::string_view to_text(PolicyOutcome outcome) {
    switch (outcome) {
        case PolicyOutcome::let_in:
            return "let_in";
        case PolicyOutcome::asked:
            return "asked";
        case PolicyOutcome::refused:
            return "refused";
        case PolicyOutcome::enrolls:
            return "enrolls";
        case PolicyOutcome::unavailable:
            break;
    }
    return "unavailable";
}

LoginForecast forecast_of(const Possible& possible, const AccountRow& row, UnixTime now) {
    const Policy policy = strictest(possible);
    const bool damaged = is_unavailable(row.status);
    const Certainty enrolled = damaged ? Certainty::cannot_tell : certainty_of(row.enrolled);
    LoginForecast forecast{outcome_of(possible, enrolled), {}};
    if (policy.action == Action::exempt) {
        forecast.sentences = {"Is let in without a code, enrolled or not."};
    } else if (damaged) {
        forecast.sentences = {"Is refused: what is stored cannot be used (" + row.note + ")."};
    } else if (forecast.outcome == PolicyOutcome::unavailable) {
        forecast.sentences = {
            "Is refused as unavailable, not being enrolled, until this is mended: " + possible.doubt + "."};
    } else if (forecast.outcome != PolicyOutcome::asked) {
        return without_enrollment(policy, row, now);
    } else {
        add_question(forecast.sentences, row);
        add_grants(forecast.sentences, policy);
    }
    return forecast;
}

std::string duration_text(std::chrono::seconds duration) {
    const auto count = duration.count();
    if (count == 0) return "0";
    if (count % 3600 == 0) return std::to_string(count / 3600) + "h";
    if (count % 60 == 0) return std::to_string(count / 60) + "m";
    return std::to_string(count) + "s";
}

}  // namespace secondstep::tool
