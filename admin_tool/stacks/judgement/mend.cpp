#include "stacks/judgement/mend.h"

#include <algorithm>
#include <functional>

#include "stacks/judgement/proposals.h"

namespace secondstep::tool {

namespace {

constexpr std::size_t most_pairs = 600;

using Accepts = std::function<bool(const Proposal&)>;

std::optional<Proposal> first_of(const Proposals& proposals, const Accepts& accepts) {
    const auto found = std::ranges::find_if(proposals, accepts);
    return found == proposals.end() ? std::nullopt : std::optional(*found);
}

std::optional<Proposal> pair_of(const Proposals& proposals, const Accepts& accepts) {
    std::size_t tried = 0;
    for (std::size_t second = 1; second < proposals.size(); ++second) {
        for (std::size_t first = 0; first < second; ++first) {
            if (touch_each_other(proposals[first], proposals[second])) continue;
            if (++tried > most_pairs) return std::nullopt;
            Proposal together = both(proposals[first], proposals[second]);
            if (accepts(together)) return together;
        }
    }
    return std::nullopt;
}

// In the service's own file; where the code stands in one that others include too, there; elsewhere at the last.
std::optional<Proposal> found_in(const ProposalSets& sets, const Accepts& accepts) {
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
std::string cost_of(const Proposal& proposal, const Stack& stack, const Fault& fault, const Trial& trial) {
    std::string cost;
    const std::string& file = proposal.edits.front().file;
    const auto services = trial.services_with(file);
    if (file != stack.files.front().path && services.size() > 1)
        cost += " (" + file + " is a part of " + listed(services) + ")";
    const bool asks_first = proposal.edits.front().kind == Edit::Kind::insert_before;
    if (fault.finding == Finding::no_first_factor && asks_first)
        cost += " (who has a key and no password cannot log in then)";
    if (fault.finding == Finding::no_code && fault.level == Remark::Level::warning)
        cost += " (whoever it says yes to is asked for a code too then)";
    return cost;
}

Proposal with_cost(Proposal proposal, const std::string& cost) {
    const std::size_t first_line = std::min(proposal.words.find('\n'), proposal.words.size());
    proposal.words.insert(first_line, cost);
    return proposal;
}

}  // namespace

std::optional<Proposal> mend_of(const Stack& stack, const Fault& fault, const Trial& trial) {
    const ProposalSets sets = proposals_for(stack, fault);
    std::optional<Proposal> mend;
    if (!trial.is_alone(fault))
        mend =
            found_in(sets, [&](const Proposal& proposal) { return trial.ends_all(fault, proposal.edits); });
    if (!mend)
        mend = found_in(sets, [&](const Proposal& proposal) { return trial.ends(fault, proposal.edits); });
    if (!mend) return std::nullopt;
    return with_cost(*mend, cost_of(*mend, stack, fault, trial));
}

}  // namespace secondstep::tool
