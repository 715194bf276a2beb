#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace secondstep {

// What a rule asks of the people it is about.
enum class Action : std::uint8_t {
    allow,    // who is enrolled is asked; who is not goes on without
    require,  // who is not enrolled is refused
    exempt,   // nobody is asked
    enroll,   // who is not enrolled enrolls on the spot, in the account phase
};
[[nodiscard]] std::string_view to_text(Action action);

// What somebody must show before they may enroll on the spot.
enum class EnrollmentProof : std::uint8_t { registration_code, open };
[[nodiscard]] std::string_view to_text(EnrollmentProof proof);

// What a rule asks of people, and grants them.
struct Terms {
    Action action = Action::allow;
    // The last moment at which somebody may decline to enroll; nothing: they may not.
    std::optional<UnixTime> enroll_until = std::nullopt;
    EnrollmentProof enrollment = EnrollmentProof::registration_code;
    std::vector<std::string> methods{"totp"};  // those somebody may enroll with
    std::chrono::seconds remember{0};          // 0: a client is never remembered
    std::chrono::seconds repeat{0};            // 0: a code is accepted once
    unsigned combined_digits = 6;              // of the code at the end of a line with the password
    std::optional<bool> allow_self_disable = std::nullopt;  // nothing: see may_disable_own_step()

    // As given; otherwise no where the second step is demanded (require, enroll).
    [[nodiscard]] bool may_disable_own_step() const;
    [[nodiscard]] bool may_decline(UnixTime now) const;
    friend bool operator==(const Terms&, const Terms&) = default;
};

// What one rule gives of its own.
struct GivenTerms {
    std::optional<Action> action;
    std::optional<UnixTime> enroll_until;
    std::optional<EnrollmentProof> enrollment;
    std::optional<std::vector<std::string>> methods;
    std::optional<std::chrono::seconds> remember;
    std::optional<std::chrono::seconds> repeat;
    std::optional<unsigned> combined_digits;
    std::optional<bool> allow_self_disable;

    // Everything that is not given is taken from `defaults`.
    [[nodiscard]] Terms completed_by(const Terms& defaults) const;
};

// 23:59:59 of that day by this host's clock. `date` is a real day.
[[nodiscard]] UnixTime end_of_day(std::chrono::year_month_day date);

}  // namespace secondstep
