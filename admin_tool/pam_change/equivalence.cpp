#include "pam_change/equivalence.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "stacks/judgement/module_answers.h"
#include "stacks/pam_walk.h"

namespace secondstep::tool {

namespace {

using Lines = std::vector<StackLine>;
using Answers = std::vector<PamCode>;

// So many ways are walked for each answer of the second step: a second of work at most.
constexpr std::size_t most_ways = 20000;

bool is_module(const StackLine& line) {
    return line.kind == StackLine::Kind::module;
}

// pam_deny and pam_permit are the two that answer one thing whatever happens.
std::vector<PamCode> tried_answers(const StackLine& line, Facility part, bool few) {
    if (!is_module(line) || line.module == "pam_permit") return {PamCode::success};
    const PamCode no = part == Facility::auth ? PamCode::auth_err : PamCode::perm_denied;
    if (line.module == "pam_deny") return {no};
    if (few) return {PamCode::success, no};
    if (part == Facility::auth) return {PamCode::success, no, PamCode::ignore};
    return {PamCode::success, no, PamCode::ignore, PamCode::new_authtok_reqd};
}

// Where each line of `without` stands in `with`; nullopt if it has others, or in another order. What `with` has
// beside them is the code, and what always says yes.
std::optional<std::vector<std::size_t>> places(const Lines& without, const Lines& with) {
    std::vector<std::size_t> found;
    std::size_t at = 0;
    const auto same = [](const StackLine& a, const StackLine& b) {
        return a.path == b.path && a.arguments == b.arguments;
    };
    for (const StackLine& line : without) {
        if (!is_module(line)) continue;
        for (; at < with.size() && !(is_module(with[at]) && same(line, with[at])); ++at) {
            const StackLine& other = with[at];
            if (is_module(other) && !is_second_step(other) && other.module != "pam_permit")
                return std::nullopt;
        }
        if (at == with.size()) return std::nullopt;
        found.push_back(at++);
    }
    return found;
}

class Comparison {
  public:
    Comparison(Lines without, Lines with, Facility part)
        : without_(std::move(without)), with_(std::move(with)), part_(part) {}

    std::optional<std::string> run(Likeness likeness) {
        const auto placed = places(without_, with_);
        if (!placed) return "it has other modules than before";
        places_ = *placed;
        if (!choose()) return "it has more modules than can be tried";
        std::vector<std::size_t> turn(choices_.size());
        do {
            take(turn);
            const bool same =
                likeness == Likeness::with_the_code_added ? same_when_added() : same_when_taken_away();
            if (!same) return in_words();
        } while (advance(turn));
        return std::nullopt;
    }

  private:
    bool choose() {
        for (const bool few : {false, true}) {
            std::size_t ways = 1;
            choices_.clear();
            for (const StackLine& line : without_) {
                choices_.push_back(tried_answers(line, part_, few));
                ways = std::min(ways * choices_.back().size(), most_ways + 1);
            }
            if (ways <= most_ways) return true;
        }
        return false;
    }

    bool advance(std::vector<std::size_t>& turn) const {
        for (std::size_t i = 0; i < turn.size(); ++i) {
            if (++turn[i] < choices_[i].size()) return true;
            turn[i] = 0;
        }
        return false;
    }

    void take(const std::vector<std::size_t>& turn) {
        answers_.assign(without_.size(), PamCode::success);
        answers_with_.assign(with_.size(), PamCode::success);
        ignored_ = false;
        std::size_t place = 0;
        for (std::size_t i = 0; i < without_.size(); ++i) {
            answers_[i] = choices_[i][turn[i]];
            ignored_ = ignored_ || answers_[i] == PamCode::ignore;
            if (is_module(without_[i])) answers_with_[places_[place++]] = answers_[i];
        }
        before_ = lets_in(walk(without_, answers_).result, part_);
    }

    Walk walk_with(PamCode code) {
        for (std::size_t i = 0; i < with_.size(); ++i)
            if (is_second_step(with_[i])) answers_with_[i] = code;
        return walk(with_, answers_with_);
    }

    bool asks(const Walk& walk) const {
        return std::ranges::any_of(walk.called, [this](std::size_t i) { return is_second_step(with_[i]); });
    }

    // Where a module wants to be left out of it the code can be all that says yes; what that means is
    // check-config's to say.
    bool same_when_added() {
        if (lets_in(walk_with(PamCode::ignore).result, part_) != before_) return false;
        if (!ignored_ && lets_in(walk_with(PamCode::success).result, part_) != before_) return false;
        constexpr std::array<PamCode, 3> refusals{PamCode::auth_err, PamCode::perm_denied,
                                                  PamCode::authinfo_unavail};
        return std::ranges::none_of(refusals, [this](PamCode refusal) {
            const Walk refused = walk_with(refusal);
            return asks(refused) && lets_in(refused.result, part_);
        });
    }

    bool same_when_taken_away() {
        const bool needed_none = lets_in(walk_with(PamCode::ignore).result, part_);
        const bool had_a_code = !ignored_ && lets_in(walk_with(PamCode::success).result, part_);
        return before_ ? needed_none || had_a_code : !needed_none && !had_a_code;
    }

    [[nodiscard]] std::string in_words() const {
        std::string words;
        for (std::size_t i = 0; i < without_.size(); ++i) {
            if (choices_[i].size() < 2) continue;
            const bool no = answers_[i] != PamCode::success && answers_[i] != PamCode::ignore;
            const std::string_view said = answers_[i] == PamCode::ignore ? " steps aside"
                                          : no                           ? " says no"
                                                                         : " says yes";
            words += (words.empty() ? "when " : ", ") + without_[i].module + std::string(said);
        }
        return words;
    }

    Lines without_;
    Lines with_;
    Facility part_;
    std::vector<std::size_t> places_;
    std::vector<std::vector<PamCode>> choices_;
    Answers answers_;
    Answers answers_with_;
    bool ignored_ = false;
    bool before_ = false;
};

}  // namespace

std::optional<std::string> difference(const Stack& without, const Stack& with, Facility part,
                                      Likeness likeness) {
    return Comparison(without.of(part), with.of(part), part).run(likeness);
}

bool lets_everybody_in(const Stack& stack) {
    const Lines auth = stack.of(Facility::auth);
    Answers answers;
    for (const StackLine& line : auth)
        answers.push_back(line.module == "pam_permit" ? PamCode::success : PamCode::auth_err);
    return walk(auth, answers).succeeded();
}

}  // namespace secondstep::tool
