#pragma once

#include <cstdint>

#include "policy/certainty.h"
#include "policy/rules.h"

namespace secondstep {

// What becomes of somebody under the rules.
enum class PolicyOutcome : std::uint8_t {
    let_in,  // without a question
    asked,
    refused,
    enrolls,
    unavailable,  // it cannot be told, and one of the answers would let in somebody who cannot be asked
};

// Pure. The outcome that every possible policy has. Where they differ, whoever is enrolled is asked: that is
// no looser than any of them. Of whom it cannot be told whether they are enrolled, nobody is asked.
[[nodiscard]] PolicyOutcome outcome_of(const Possible& possible, Certainty enrolled);

// Whether who is not enrolled has something to do in the account phase: where no possible policy enrolls,
// there is nothing.
[[nodiscard]] Certainty is_enrollment_due(const Possible& possible);

// What all possible policies allow: their common policy, or the strictest of each of their terms, and nothing
// remembered or repeated. Of several none is named.
[[nodiscard]] Policy strictest(const Possible& possible);

// The policy of a host as a node of its fleet takes it: as the host has it, or stricter where the node's own terms are.
// What is asked of people who are not enrolled is the host's business.
[[nodiscard]] Policy tightened_by(const Terms& own, Policy of_the_host);

}  // namespace secondstep
