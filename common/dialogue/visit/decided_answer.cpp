#include "dialogue/visit/decided_answer.h"

namespace secondstep::dialogue {

DecidedAnswer DecidedAnswer::accepted_once_more(const State& state) {
    return {{.next = state}, SeenBefore::accepted};
}

DecidedAnswer DecidedAnswer::wrong_again(Factor factor, const State& state) {
    return {{.factor = factor, .next = state}, SeenBefore::wrong};
}

bool DecidedAnswer::accepted() const {
    switch (before) {
        case SeenBefore::no:
            return result.accepted();
        case SeenBefore::accepted:
            return true;
        case SeenBefore::wrong:
            break;
    }
    return false;
}

bool DecidedAnswer::accepted_first() const {
    return before == SeenBefore::no && result.accepted();
}

std::string_view DecidedAnswer::reason() const {
    switch (before) {
        case SeenBefore::no:
            return to_text(result.reason);
        case SeenBefore::accepted:
            return "repeated";
        case SeenBefore::wrong:
            break;
    }
    return "wrong again";
}

}  // namespace secondstep::dialogue
