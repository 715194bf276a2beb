#include "stacks/judgement/mend.h"

#include <algorithm>
#include <functional>

#include "stacks/judgement/possible_mends.h"

namespace secondstep::tool {

namespace {

constexpr std::size_t most_pairs = 600;

using Accepts = std::function<bool(const PossibleMend&)>;

std::optional<PossibleMend> first_of(const PossibleMends& mends, const Accepts& accepts) {
    const auto found = std::ranges::find_if(mends, accepts);
    return found == mends.end() ? std::nullopt : std::optional(*found);
}

std::optional<PossibleMend> pair_of(const PossibleMends& mends, const Accepts& accepts) {
    std::size_t tried = 0;
    for (std::size_t second = 1; second < mends.size(); ++second) {
        for (std::size_t first = 0; first < second; ++first) {
            if (touch_each_other(mends[first], mends[second])) continue;
            if (++tried > most_pairs) return std::nullopt;
            PossibleMend together = both(mends[first], mends[second]);
            if (accepts(together)) return together;
        }
    }
    return std::nullopt;
}

// In the service's own file; where the code stands in one that others include too, there; elsewhere at the last.
std::optional<PossibleMend> found_in(const PossibleMendSets& sets, const Accepts& accepts) {
    if (auto one = first_of(sets.own, accepts)) return one;
    if (auto two = pair_of(sets.together, accepts)) return two;
    if (auto code = first_of(sets.included_code, accepts)) return code;
    if (auto beside = first_of(sets.beside_code, accepts)) return beside;
    if (auto two = pair_of(sets.beside_code, accepts)) return two;
    if (auto part = first_of(sets.parts, accepts)) return part;
    return first_of(sets.included, accepts);
}

std::string listed(const std::vector<std::string>& services) {
    std::string text;
    for (std::size_t i = 0; i < services.size(); ++i) {
        const bool is_last = i + 1 == services.size();
        text += (i == 0 ? "" : is_last ? " and " : ", ") + services[i];
    }
    return text;
}

// What a mend changes for people besides ending the fault.
std::string cost_of(const PossibleMend& mend, const Fault& fault, const Trial& trial) {
    std::string cost;
    const std::string& file = mend.edits.front().file;
    const auto services = trial.services_with(file);
    if (services.size() > 1) cost += " (" + file + " is a part of " + listed(services) + ")";
    const bool asks_first = mend.edits.front().kind == Edit::Kind::insert_before;
    if (fault.finding == Finding::no_first_factor && asks_first)
        cost += " (who has a key and no password cannot log in then)";
    if (fault.finding == Finding::no_code && fault.level == Remark::Level::warning)
        cost += " (whoever it says yes to is asked for a code too then)";
    return cost;
}

PossibleMend with_cost(PossibleMend mend, const std::string& cost) {
    const std::size_t first_line = std::min(mend.words.find('\n'), mend.words.size());
    mend.words.insert(first_line, cost);
    return mend;
}

}  // namespace

std::optional<PossibleMend> mend_of(const Stack& stack, const Fault& fault, const Trial& trial) {
    const PossibleMendSets sets = possible_mends_for(stack, fault);
    std::optional<PossibleMend> mend;
    if (!trial.is_alone(fault))
        mend = found_in(sets, [&](const PossibleMend& each) { return trial.ends_all(fault, each.edits); });
    if (!mend) mend = found_in(sets, [&](const PossibleMend& each) { return trial.ends(fault, each.edits); });
    if (!mend) return std::nullopt;
    return with_cost(*mend, cost_of(*mend, fault, trial));
}

}  // namespace secondstep::tool
