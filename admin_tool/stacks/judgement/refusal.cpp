#include "stacks/judgement/refusal.h"

namespace secondstep::tool {

std::optional<std::size_t> refusing_line(const Ways& ways, const Way& way, PamCode second_step) {
    for (const std::size_t line : way.walk.called) {
        const PamCode code =
            ways.is_second_step(line) ? second_step : way.answers[line].value_or(ways.choices(line).front());
        const Reaction reaction = ways.lines()[line].control.on(code);
        const bool fails = reaction.kind == Reaction::Kind::bad || reaction.kind == Reaction::Kind::die;
        const bool taken = reaction.kind == Reaction::Kind::ok || reaction.kind == Reaction::Kind::done;
        if (fails || (taken && code != PamCode::success)) return line;
    }
    // A jump over the end is the last thing that happens.
    if (way.walk.called.empty()) return std::nullopt;
    const std::size_t last = way.walk.called.back();
    const PamCode code =
        ways.is_second_step(last) ? second_step : way.answers[last].value_or(ways.choices(last).front());
    const Reaction reaction = ways.lines()[last].control.on(code);
    if (reaction.kind == Reaction::Kind::jump && way.walk.result != PamCode::success) return last;
    return std::nullopt;
}

}  // namespace secondstep::tool
