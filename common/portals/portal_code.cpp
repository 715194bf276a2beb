#include "portals/portal_code.h"

#include <algorithm>
#include <limits>

#include "otp/hotp.h"
#include "otp/totp.h"

namespace secondstep {
namespace {

using HandedOut = std::variant<PortalCode, NoCodeYet>;

Result<HandedOut> next_counted(LinkedPortal& portal, otp::HotpMoving& moving, UnixTime now) {
    if (moving.counter == std::numeric_limits<std::uint64_t>::max())
        return fail(Errc::too_large, "The counter of this portal is used up: link it anew.");
    auto digits = otp::hotp(portal.token.key, moving.counter, portal.token.form, portal.token.algorithm);
    if (!digits) return std::unexpected(digits.error());
    ++moving.counter;
    portal.last_at = now;
    return PortalCode{std::move(*digits), std::nullopt, false};
}

// The newest step that was handed out. One further ahead than the next is of a clock that has been set back
// since: it would hold back codes for as long as that clock was ahead.
std::optional<otp::TimeStep> newest_given(const LinkedPortal& portal, otp::TimeStep present) {
    if (portal.last && *portal.last <= present + 1) return portal.last;
    return std::nullopt;
}

// A code that lives shorter than a program needs is taken at its beginning, or never.
std::chrono::seconds time_needed_of(otp::StepLength period) {
    return std::min(fresh_code_time, std::max(period.value() / 2, std::chrono::seconds{1}));
}

otp::TimeStep first_fresh(const LinkedPortal& portal, otp::TimeStep present, std::chrono::seconds remaining,
                          std::chrono::seconds time_needed) {
    const otp::TimeStep in_time = remaining < time_needed ? present + 1 : present;
    const auto given = newest_given(portal, present);
    return given ? std::max(in_time, *given + 1) : in_time;
}

}  // namespace

Result<HandedOut> hand_out(LinkedPortal& portal, Freshness freshness, UnixTime now) {
    if (auto* counted = std::get_if<otp::HotpMoving>(&portal.token.moving))
        return next_counted(portal, *counted, now);
    const otp::StepLength period = std::get<otp::TotpMoving>(portal.token.moving).period;
    const otp::TimeStep present = otp::time_step(now, period);
    const std::chrono::seconds remaining = otp::beginning_of(present + 1, period) - now;
    if (freshness == Freshness::fresh) {
        const otp::TimeStep fresh = first_fresh(portal, present, remaining, time_needed_of(period));
        if (fresh > present) return NoCodeYet{otp::beginning_of(fresh, period) - now};
    }
    auto digits = otp::hotp(portal.token.key, present, portal.token.form, portal.token.algorithm);
    if (!digits) return std::unexpected(digits.error());
    const auto given = newest_given(portal, present);
    PortalCode code{std::move(*digits), remaining, given && *given >= present};
    portal.last = given ? std::max(*given, present) : present;
    portal.last_at = now;
    return code;
}

}  // namespace secondstep
