#include "stacks/judgement/first_factors.h"

#include <algorithm>

#include "stacks/judgement/module_answers.h"

namespace secondstep::tool {

FirstFactors::FirstFactors(const Ways& ways) : ways_(ways), is_(ways.lines().size()) {
    for (const PamCode second_step : {PamCode::success, PamCode::ignore}) {
        ways_.each(second_step, [&](const Way& way) {
            if (!way.in) return;
            for (const std::size_t line : way.walk.called) {
                if (!is_[line] && is_needed(line, way, second_step)) {
                    for (std::size_t i = 0; i < is_.size(); ++i)
                        is_[i] = is_[i] || ways_.share(i, line);
                }
            }
        });
    }
}

// Nobody switches by a module that judges passwords; of any other module it is asked what its no would change.
bool FirstFactors::is_needed(std::size_t line, const Way& way, PamCode second_step) const {
    const StackLine& module = ways_.lines()[line];
    if (nature_of(module) != Nature::factor || !way.said(line, PamCode::success)) return false;
    if (judges_passwords(module)) return true;
    return std::ranges::any_of(ways_.choices(line), [&](PamCode code) {
        if (!is_no(code)) return false;
        const Answers refused = ways_.with(way.answers, line, code);
        return !lets_in_all_the_same(second_step, refused, PamCode::success) &&
               !lets_in_all_the_same(second_step, refused, PamCode::auth_err);
    });
}

// Whatever the other first factors say; conditions that this way did not meet are all met, or all not.
bool FirstFactors::lets_in_all_the_same(PamCode second_step, const Answers& given, PamCode condition) const {
    Answers fixed = given;
    for (std::size_t i = 0; i < fixed.size(); ++i) {
        if (fixed[i] || nature_of(ways_.lines()[i]) != Nature::circumstance) continue;
        const auto& choices = ways_.choices(i);
        fixed[i] = condition == PamCode::success ? choices.front() : choices.back();
    }
    const bool some_refused = ways_.some(second_step, fixed, [](const Way& way) { return !way.in; });
    return !some_refused && !ways_.were_too_many();
}

bool FirstFactors::any() const {
    return std::ranges::find(is_, true) != is_.end();
}

bool FirstFactors::has_yes(const Way& way) const {
    return std::ranges::any_of(
        way.walk.called, [&](std::size_t line) { return is_[line] && way.said(line, PamCode::success); });
}

std::optional<std::size_t> FirstFactors::no_before_code(const Way& way) const {
    for (const std::size_t line : way.walk.called) {
        if (ways_.is_second_step(line)) break;
        if (is_[line] && way.answers[line] && is_no(*way.answers[line])) return line;
    }
    return std::nullopt;
}

bool FirstFactors::yes_before_code(const Way& way) const {
    for (const std::size_t line : way.walk.called) {
        if (ways_.is_second_step(line)) return false;
        if (is_[line] && way.said(line, PamCode::success)) return true;
    }
    return false;
}

bool FirstFactors::called_before_code(const Way& way) const {
    for (const std::size_t line : way.walk.called) {
        if (ways_.is_second_step(line)) return false;
        if (is_[line]) return true;
    }
    return false;
}

}  // namespace secondstep::tool
