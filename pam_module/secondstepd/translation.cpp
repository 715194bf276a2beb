#include "secondstepd/translation.h"

#include <utility>

namespace secondstep::service {

dialogue::Request request_of(const wire::Hello& hello, dialogue::Caller caller, uid_t peer) {
    return {.caller = caller,
            .uid = peer,
            .user = hello.user,
            .service = hello.service,
            .rhost = hello.rhost,
            .tty = hello.tty,
            .first_factor_passed = hello.first_factor_passed,
            .combined = hello.combined,
            .attempt = hello.attempt};
}

dialogue::Reply reply_of(wire::Answer answer) {
    switch (answer.kind) {
        case wire::AnswerKind::none:
            return dialogue::NoAnswer{};
        case wire::AnswerKind::too_long:
            return dialogue::OverlongAnswer{};
        case wire::AnswerKind::text:
            return std::move(answer.text);
    }
    return dialogue::NoAnswer{};
}

wire::Message message_of(const dialogue::Show& show) {
    return wire::Show{.style = show.error ? wire::Style::error : wire::Style::info, .text = show.text};
}

wire::Message message_of(const dialogue::Ask& ask) {
    return wire::Ask{.echo = ask.echo, .text = ask.text, .combined_length = ask.combined_length};
}

wire::Message message_of(const dialogue::End& end) {
    return wire::End{.verdict = end.verdict};
}

}  // namespace secondstep::service
