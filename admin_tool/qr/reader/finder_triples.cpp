#include "qr/reader/finder_triples.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace secondstep::qr_reader {

namespace {

// Their triples are about a hundred thousand.
constexpr std::size_t most_patterns = 64;
// As far as perspective and bend go: of two lengths, as a logarithm; of an angle, its cosine.
constexpr double most_unlike = 0.6;
constexpr double most_unlike_modules = 0.9;
constexpr double most_askew = 0.5;
// From middle to middle, ISO/IEC 18004:2015, table 1: 21 modules to 177, less seven. With room for perspective.
constexpr double fewest_modules = 14 * 0.7;
constexpr double most_modules = 170 * 1.4;

struct Candidate {
    FinderTriple triple;
    double doubt;
};

double unlike(double a, double b) {
    return std::abs(std::log(a / b));
}

std::optional<Candidate> judged(const FinderPattern& corner, const FinderPattern& a, const FinderPattern& b) {
    const Point to_a = a.centre - corner.centre;
    const Point to_b = b.centre - corner.centre;
    const double sides = unlike(length(to_a), length(to_b));
    const double modules = std::max(
        {unlike(corner.module, a.module), unlike(corner.module, b.module), unlike(a.module, b.module)});
    if (sides > most_unlike || modules > most_unlike_modules) return std::nullopt;
    const double askew = std::abs(dot(to_a, to_b)) / (length(to_a) * length(to_b));
    const double apart = (length(to_a) + length(to_b)) / 2 / ((corner.module + a.module + b.module) / 3);
    if (askew > most_askew || apart < fewest_modules || apart > most_modules) return std::nullopt;
    const bool clockwise = cross(to_a, to_b) > 0;
    return Candidate{.triple = {corner, clockwise ? a : b, clockwise ? b : a},
                     .doubt = sides + modules + askew};
}

}  // namespace

std::vector<FinderTriple> likely_triples(std::vector<FinderPattern> patterns, std::size_t most) {
    if (patterns.size() > most_patterns) {
        std::ranges::sort(patterns, std::greater(), &FinderPattern::module);
        patterns.resize(most_patterns);
    }
    std::vector<Candidate> candidates;
    for (std::size_t corner = 0; corner < patterns.size(); ++corner) {
        for (std::size_t a = 0; a < patterns.size(); ++a) {
            for (std::size_t b = a + 1; b < patterns.size(); ++b) {
                if (a == corner || b == corner) continue;
                if (const auto found = judged(patterns[corner], patterns[a], patterns[b]))
                    candidates.push_back(*found);
            }
        }
    }
    std::ranges::sort(candidates, {}, &Candidate::doubt);
    if (candidates.size() > most) candidates.resize(most);
    std::vector<FinderTriple> triples;
    for (const Candidate& candidate : candidates)
        triples.push_back(candidate.triple);
    return triples;
}

}  // namespace secondstep::qr_reader
