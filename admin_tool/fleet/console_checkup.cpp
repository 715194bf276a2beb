#include "fleet/console_checkup.h"

#include <algorithm>
#include <string>

#include "policy/outcome.h"

namespace secondstep::tool {

namespace {

const std::string checked_user = "root";

// As login(1) asks for it. Nobody is asked what groups root is in: of all that rules speak of, of its own.
bool root_is_let_in_at_the_console(const Rules& rules) {
    const Membership groups{{checked_user}, rules.groups_mentioned()};
    const Circumstances at_the_console{
        .user = checked_user, .service = "login", .rhost = "", .tty = "tty1", .membership = &groups};
    return outcome_of(rules.possible(at_the_console), Certainty::yes) == PolicyOutcome::let_in;
}

}  // namespace

Diagnosis judged_console(const Config& config, std::size_t codes_left) {
    if (root_is_let_in_at_the_console(config.rules))
        return fine("fleet", "root gets in at the console of this machine while no node answers");
    const std::string missing = "no rule lets root in at the console of this machine while no node answers";
    const auto& with_codes = config.fleet.break_glass_users;
    if (codes_left > 0 && std::ranges::find(with_codes, checked_user) != with_codes.end())
        return fine("fleet", missing + "; a break-glass code does");
    return warning(
        "fleet", missing + ", and no break-glass code does: no way in then but a rescue system",
        "write [rule console] as secondstep-fleet(7) has it into conf.d/fleet.conf, then "
        "systemctl reload secondstepd; or, for root in break_glass_users, secondstep break-glass --new");
}

}  // namespace secondstep::tool
