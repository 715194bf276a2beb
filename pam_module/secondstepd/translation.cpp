#include "secondstepd/translation.h"

#include <utility>
#include <variant>

namespace secondstep::service {

namespace {

wire::Style style_of(dialogue::Show::Style style) {
    switch (style) {
        case dialogue::Show::Style::info:
            return wire::Style::info;
        case dialogue::Show::Style::error:
            return wire::Style::error;
        case dialogue::Show::Style::data:
            return wire::Style::data;
    }
    return wire::Style::info;
}

}  // namespace

dialogue::Request request_of(const wire::Hello& hello, dialogue::Caller caller, uid_t peer) {
    return {.purpose = hello.purpose,
            .task = hello.task,
            .caller = caller,
            .uid = peer,
            .user = hello.user,
            .service = hello.service,
            .rhost = hello.rhost,
            .tty = hello.tty,
            .first_factor_passed = hello.first_factor_passed,
            .combined = hello.combined,
            .enroll_in_account = hello.enroll_in_account,
            .nobody_there = hello.nobody_there,
            .told_later = hello.told_later,
            .attempt = hello.attempt,
            .proof = hello.proof};
}

dialogue::Reply reply_of(wire::Answer answer) {
    switch (answer.kind) {
        case wire::AnswerKind::none:
            return dialogue::NoAnswer{};
        case wire::AnswerKind::too_long:
            return dialogue::OverlongAnswer{};
        case wire::AnswerKind::text:
            return std::move(answer.text);
        case wire::AnswerKind::form:
            return dialogue::Form{std::move(answer.text)};
    }
    return dialogue::NoAnswer{};
}

wire::Message message_of(dialogue::Show show) {
    return wire::Show{.style = style_of(show.style), .text = std::move(show.text)};
}

wire::Message message_of(const dialogue::Ask& ask) {
    return wire::Ask{.echo = ask.echo, .text = ask.text, .combined_length = ask.combined_length};
}

wire::Message message_of(const dialogue::End& end) {
    return wire::End{.verdict = end.verdict, .proof = end.proof};
}

bool takes_long(const dialogue::Step& step) {
    if (const auto* work = std::get_if<dialogue::Work>(&step))
        return work->kind != dialogue::Work::Kind::lookup;
    return std::holds_alternative<dialogue::Wait>(step);
}

}  // namespace secondstep::service
