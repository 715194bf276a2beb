#include "stacks/judgement/who_passes.h"

#include <algorithm>
#include <array>

#include "stacks/pam_walk.h"

namespace secondstep::tool {

namespace {

constexpr std::array answers{PamCode::success, PamCode::ignore, PamCode::auth_err, PamCode::new_authtok_reqd};
constexpr unsigned most_walks = 20000;

// Every way through the lines, each once: what a line that is not called would answer makes no other way.
class Ways {
  public:
    Ways(const std::vector<StackLine>& lines, const SureAnswer& sure)
        : lines_(lines), outcomes_(lines.size(), PamCode::success), choices_(lines.size(), 0) {
        for (const StackLine& line : lines)
            sure_.push_back(sure(line));
    }

    [[nodiscard]] const Walk& walked() {
        for (std::size_t i = 0; i < lines_.size(); ++i)
            outcomes_[i] = sure_[i].value_or(answers[choices_[i]]);
        walk(lines_, outcomes_, walk_);
        return walk_;
    }

    // False: that was the last one.
    [[nodiscard]] bool next() {
        for (auto at = walk_.called.rbegin(); at != walk_.called.rend(); ++at) {
            if (!sure_[*at] && choices_[*at] + 1 < answers.size()) {
                ++choices_[*at];
                return true;
            }
            choices_[*at] = 0;
        }
        return false;
    }

  private:
    const std::vector<StackLine>& lines_;
    std::vector<PamCode> outcomes_;
    std::vector<std::size_t> choices_;
    std::vector<std::optional<PamCode>> sure_;
    Walk walk_;
};

}  // namespace

std::optional<bool> somebody_passes(const std::vector<StackLine>& lines, const SureAnswer& sure) {
    if (lines.empty()) return false;
    Ways ways(lines, sure);
    for (unsigned i = 0; i < most_walks; ++i) {
        if (lets_in(ways.walked().result, lines.front().facility)) return true;
        if (!ways.next()) return false;
    }
    return std::nullopt;
}

std::optional<PamCode> sure_answer(const StackLine& line) {
    if (line.is_missing) return answer_of_missing;
    if (line.module == "pam_deny") return PamCode::auth_err;
    if (line.module == "pam_permit") return PamCode::success;
    return std::nullopt;
}

}  // namespace secondstep::tool
