#include "stacks/judgement/ways.h"

#include <algorithm>
#include <utility>

#include "stacks/judgement/module_answers.h"

namespace secondstep::tool {

namespace {

// Twelve conditions none of which ends the stack.
constexpr std::size_t most_ways = 1U << 15U;

// A person is known to a directory or not, wherever it is asked; a condition depends on its words.
bool asks_the_same(const StackLine& one, const StackLine& other) {
    if (one.module != other.module || nature_of(one) != nature_of(other)) return false;
    if (is_directory(one) != is_directory(other)) return false;
    return nature_of(one) == Nature::factor || one.arguments == other.arguments;
}

// What the stack makes of an answer. The code counts only where it becomes the stack's own.
struct Effect {
    Reaction::Kind kind;
    unsigned jump;
    std::optional<PamCode> code;
    friend bool operator==(const Effect&, const Effect&) = default;
};

Effect effect_of(const StackLine& line, PamCode code) {
    const Reaction reaction = line.control.on(code);
    const bool taken = reaction.kind == Reaction::Kind::ok || reaction.kind == Reaction::Kind::done;
    return {reaction.kind, reaction.jump, taken ? std::optional(code) : std::nullopt};
}

}  // namespace

Ways::Ways(std::vector<StackLine> lines) : lines_(std::move(lines)) {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        const auto same = std::ranges::find_if(
            lines_, [&](const StackLine& other) { return asks_the_same(other, lines_[i]); });
        first_.push_back(static_cast<std::size_t>(same - lines_.begin()));
        second_step_.push_back(nature_of(lines_[i]) == Nature::second_step);
    }
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        choices_.emplace_back();
        std::vector<std::vector<Effect>> seen;
        for (const PamCode code : answers_of(lines_[i])) {
            std::vector<Effect> effects;
            for (std::size_t other = i; other < lines_.size(); ++other) {
                if (first_[other] == i) effects.push_back(effect_of(lines_[other], code));
            }
            if (std::ranges::find(seen, effects) != seen.end()) continue;
            seen.push_back(std::move(effects));
            choices_.back().push_back(code);
        }
    }
}

Answers Ways::with(Answers answers, std::size_t line, PamCode code) const {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        if (share(i, line)) answers[i] = code;
    }
    return answers;
}

Way Ways::way_by(PamCode second_step, const Answers& given, const std::vector<Decision>& decisions) const {
    Way way{.answers = given, .walk = {}};
    for (const Decision& decision : decisions)
        way.answers = with(std::move(way.answers), decision.line, choices_[decision.line][decision.choice]);
    std::vector<PamCode> outcomes(lines_.size());
    for (std::size_t i = 0; i < lines_.size(); ++i)
        outcomes[i] = second_step_[i] ? second_step : way.answers[i].value_or(choices(i).front());
    way.walk = walk(lines_, outcomes);
    way.in = lets_in(way.walk.result, lines_.front().facility);
    return way;
}

void Ways::add_decisions(const Way& way, const Answers& given, std::vector<Decision>& decisions) const {
    for (const std::size_t line : way.walk.called) {
        const std::size_t first = first_[line];
        const bool made = std::ranges::find(decisions, first, &Decision::line) != decisions.end();
        if (!second_step_[line] && !given[line] && !made) decisions.push_back({first, 0});
    }
}

bool Ways::advance(std::vector<Decision>& decisions) const {
    while (!decisions.empty()) {
        if (++decisions.back().choice < choices_[decisions.back().line].size()) return true;
        decisions.pop_back();
    }
    return false;
}

bool Ways::some(PamCode second_step, const Answers& given, const Question& holds) const {
    if (lines_.empty()) return false;
    std::vector<Decision> decisions;
    std::size_t tried = 0;
    do {
        if (++tried > most_ways) {
            too_many_ = true;
            return false;
        }
        Way way = way_by(second_step, given, decisions);
        add_decisions(way, given, decisions);
        for (const Decision& decision : decisions)
            way.answers =
                with(std::move(way.answers), decision.line, choices_[decision.line][decision.choice]);
        if (holds(way)) return true;
    } while (advance(decisions));
    return false;
}

bool Ways::some(PamCode second_step, const Question& holds) const {
    return some(second_step, nothing_given(), holds);
}

void Ways::each(PamCode second_step, const std::function<void(const Way&)>& visit) const {
    [[maybe_unused]] const bool found = some(second_step, [&visit](const Way& way) {
        visit(way);
        return false;
    });
}

}  // namespace secondstep::tool
