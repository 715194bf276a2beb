#include "qr/reader/curved_symbols.h"

#include <algorithm>
#include <optional>

#include "qr/reader/finder_patterns.h"
#include "qr/reader/finder_triples.h"
#include "qr/reader/sampled_symbol.h"
#include "qr/reader/symbol_layout.h"
#include "qr/reader/symbol_version.h"
#include "qr/reader/treatment.h"

namespace secondstep::qr_reader {

namespace {

using std::chrono::steady_clock;

constexpr std::size_t most_patterns = 1000;
constexpr std::size_t most_triples = 24;
// Of what is no symbol one in a thousand has so much of timing patterns by chance (21 modules), or fewer.
constexpr double least_timing = 0.75;

std::optional<DecodedSymbol> decoded(const SampledSymbol& sampled) {
    if (sampled.timing_share() < least_timing) return std::nullopt;
    for (const SampledSymbol& symbol : {sampled, sampled.sharpened()}) {
        for (const auto order : {SampledSymbol::Order::as_it_is, SampledSymbol::Order::mirrored})
            if (auto found = read_drawn_symbol(symbol.drawn(order))) return found;
    }
    return std::nullopt;
}

std::optional<DecodedSymbol> decoded(const GrayPicture& picture, const FinderFrames& frames, int version) {
    const int side = side_of(version);
    const ModuleMesh mesh = mesh_of(picture, frames, version);
    auto found = decoded(SampledSymbol(picture, mesh, side));
    if (!found) return std::nullopt;
    const double end = side;
    found->corners = {mesh.at({0, 0}), mesh.at({end, 0}), mesh.at({end, end}), mesh.at({0, end})};
    return found;
}

// The likeliest first.
std::vector<int> versions_of(const GrayPicture& picture, const FinderFrames& frames) {
    const int measured = measured_version(frames);
    if (const auto told = told_version(picture, frames); told && std::abs(*told - measured) <= 4)
        return {*told};
    std::vector<int> versions = {measured};
    for (const int other : {measured - 1, measured + 1})
        if (other >= first_version && other <= last_version) versions.push_back(other);
    return versions;
}

std::optional<DecodedSymbol> decoded(const GrayPicture& picture, const FinderTriple& triple) {
    const auto frames = fitted_frames(picture, triple);
    if (!frames) return std::nullopt;
    for (const int version : versions_of(picture, *frames))
        if (auto found = decoded(picture, *frames, version)) return found;
    return std::nullopt;
}

class Used {
  public:
    void add(const FinderTriple& triple) {
        for (const FinderPattern& pattern : {triple.corner, triple.right, triple.below})
            centres_.push_back(pattern.centre);
    }
    [[nodiscard]] bool has_one_of(const FinderTriple& triple) const {
        return std::ranges::any_of(centres_, [&](Point centre) {
            return centre == triple.corner.centre || centre == triple.right.centre ||
                   centre == triple.below.centre;
        });
    }

  private:
    std::vector<Point> centres_;
};

}  // namespace

std::vector<DecodedSymbol> read_curved_symbols(const GrayPicture& picture, steady_clock::time_point end) {
    std::vector<DecodedSymbol> symbols;
    Used used;
    const auto patterns = find_finder_patterns(thresholded(picture, 16), most_patterns);
    for (const FinderTriple& triple : likely_triples(patterns, most_triples)) {
        if (steady_clock::now() >= end) break;
        if (used.has_one_of(triple)) continue;
        auto found = decoded(picture, triple);
        if (!found) continue;
        symbols.push_back(std::move(*found));
        used.add(triple);
    }
    return symbols;
}

}  // namespace secondstep::qr_reader
