#include "accounts/host_forecast.h"

#include <algorithm>

#include "people/nodes_in_words.h"
#include "policy/certainty.h"
#include "policy/outcome.h"

namespace secondstep::tool {

namespace {

// What becomes of whoever a node says is not enrolled.
std::string without_a_second_step(const Possible& possible) {
    switch (outcome_of(possible, Certainty::no)) {
        case PolicyOutcome::let_in:
            return "Is let in without a code, if a node says: not enrolled.";
        case PolicyOutcome::refused:
            return "Is refused, if a node says: not enrolled.";
        case PolicyOutcome::enrolls:
            return "Enrolls when logging in, if a node says: not enrolled, and the class of this host allows it "
                   "(enroll or changes); is told where to go elsewhere.";
        case PolicyOutcome::unavailable:
            return "Is refused as unavailable, if a node says: not enrolled, until this is mended: " +
                   possible.doubt + ".";
        case PolicyOutcome::asked:
            break;
    }
    return "Is asked for a code that nobody has, if a node says: not enrolled.";
}

std::string while_no_node_answers(const std::string& user, const FleetConfig& fleet) {
    const bool has_codes = std::ranges::find(fleet.break_glass_users, user) != fleet.break_glass_users.end();
    return has_codes ? "While no node answers: is asked for a break-glass code of this host."
                     : "While no node answers: is refused as unavailable, enrolled or not.";
}

}  // namespace

std::string_view to_text(HostForecast::Outcome outcome) {
    return outcome == HostForecast::Outcome::let_in ? "let_in" : "node_decides";
}

HostForecast host_forecast_of(const Possible& possible, const std::string& user, const FleetConfig& fleet) {
    using Outcome = HostForecast::Outcome;
    if (strictest(possible).action == Action::exempt)
        return {Outcome::let_in, {"Is let in without a code by this host alone: no node is asked."}};
    const std::string nodes = nodes_in_words(fleet);
    return {Outcome::node_decides,
            {"This host asks a node (" + nodes + "), which knows whether " + user +
                 " is enrolled, and judges every code.",
             "Is asked for a code, if a node says: enrolled.", without_a_second_step(possible),
             "The node's own configuration makes methods, remember and repeat stricter, never looser.",
             while_no_node_answers(user, fleet),
             "How the account stands: secondstep status " + user + " on " + nodes + "."}};
}

}  // namespace secondstep::tool
