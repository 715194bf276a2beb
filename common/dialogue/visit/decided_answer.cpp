#include "dialogue/visit/decided_answer.h"

#include "account/own_write.h"

namespace secondstep::dialogue {

DecidedAnswer DecidedAnswer::accepted_once_more(const State& state) {
    return {{.next = state}, SeenBefore::accepted};
}

DecidedAnswer DecidedAnswer::wrong_again(Factor factor, const State& state) {
    return {{.factor = factor, .next = state}, SeenBefore::wrong};
}

DecidedAnswer DecidedAnswer::not_judged(Factor factor) {
    return {{.factor = factor, .next = {}}, SeenBefore::unjudged};
}

DecidedAnswer DecidedAnswer::written_already(const State& state) {
    return {{.reason = Reason::right,
             .factor = state.last_factor.value_or(Factor::authenticator),
             .device = device_of_last_success(state),
             .next = state},
            SeenBefore::written};
}

bool DecidedAnswer::accepted() const {
    switch (before) {
        case SeenBefore::no:
            return result.accepted();
        case SeenBefore::accepted:
        case SeenBefore::written:
            return true;
        case SeenBefore::wrong:
        case SeenBefore::unjudged:
            break;
    }
    return false;
}

bool DecidedAnswer::accepted_first() const {
    return result.accepted() && (before == SeenBefore::no || before == SeenBefore::written);
}

std::string_view DecidedAnswer::reason() const {
    switch (before) {
        case SeenBefore::no:
        case SeenBefore::written:
            return to_text(result.reason);
        case SeenBefore::accepted:
            return "repeated";
        case SeenBefore::unjudged:
            return "not judged: too many wrong codes of its host";
        case SeenBefore::wrong:
            break;
    }
    return "wrong again";
}

}  // namespace secondstep::dialogue
