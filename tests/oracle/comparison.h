#pragma once

#include <cstdint>
#include <string>

#include "oracle/foretold.h"
#include "stacks/libpam_rules.h"

namespace secondstep::testing {

// What some generated stacks came to.
struct Comparison {
    unsigned all = 0;
    unsigned different = 0;
    unsigned not_defined = 0;  // and therefore not asked
    unsigned do_not_start = 0;
    unsigned let_in = 0;
    unsigned refused = 0;
    std::uint64_t first_seed = 0;  // that differed
    std::string first_difference;
};

// One stack for each number from `first` on.
struct Seeds {
    std::uint64_t first = 1;
    std::uint64_t stacks = 1;
};

// What is held against libpam: a reading by the rules of `supposed`, and a walk over it with the mistake in it.
struct Foretelling {
    tool::LibpamRules supposed;
    Mistake mistake = {};
};

// Asks both of each stack, in children that take several in turn: where libpam crashes or never ends though it was not
// foretold, this is a difference, and the seed is known. `rules` are those that the stacks are made for.
[[nodiscard]] Comparison compare(const Seeds& seeds, const tool::LibpamRules& rules,
                                 const Foretelling& foretelling);

}  // namespace secondstep::testing
