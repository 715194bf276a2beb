#pragma once

#include <cstddef>
#include <vector>

#include "qr/reader/finder_patterns.h"

namespace secondstep::qr_reader {

// Three finder patterns that may be those of one code: `right` and `below` as seen from `corner`, in the order
// of a code that is not mirrored (from `right` to `below` it goes clockwise).
struct FinderTriple {
    FinderPattern corner;
    FinderPattern right;
    FinderPattern below;
};

// Those with sides and modules of about one size and about a right angle, the likeliest first, `most` at most.
// Of very many patterns only the largest are looked at, so that the time has a bound.
[[nodiscard]] std::vector<FinderTriple> likely_triples(std::vector<FinderPattern> patterns, std::size_t most);

}  // namespace secondstep::qr_reader
