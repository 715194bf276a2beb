#include "dialogue/memory/wrong_answers.h"

#include <utility>

namespace secondstep::dialogue {
namespace {

Secret written(std::string_view kind, const Secret& answer) {
    Secret text = Secret::copy_of(kind);
    text.append(answer.bytes());
    return text;
}

}  // namespace

bool WrongAnswers::hold(std::string_view kind, const Secret& answer, otp::TimeStep step) const {
    const Secret text = written(kind, answer);
    bool held = false;
    for (const Wrong& wrong : all_) {
        const bool equal = equal_in_constant_time(wrong.text, text);
        held = held || (equal && wrong.step == step);
    }
    return held;
}

void WrongAnswers::add(std::string_view kind, const Secret& answer, otp::TimeStep step) {
    all_.push_back({written(kind, answer), step});
}

}  // namespace secondstep::dialogue
