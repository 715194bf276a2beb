#include "dialogue/relayed/wire_words.h"

#include <utility>

#include "otp/typed_answer.h"

namespace secondstep::dialogue {
namespace {

struct ToAnswer {
    wire::Answer operator()(const NoAnswer&) const { return {wire::AnswerKind::none, {}}; }
    wire::Answer operator()(const OverlongAnswer&) const { return {wire::AnswerKind::too_long, {}}; }
    wire::Answer operator()(Secret& typed) const { return {wire::AnswerKind::text, std::move(typed)}; }
    wire::Answer operator()(Form& form) const { return {wire::AnswerKind::form, std::move(form.text)}; }
};

Show::Style style_of(wire::Style style) {
    switch (style) {
        case wire::Style::info:
            return Show::Style::info;
        case wire::Style::error:
            return Show::Style::error;
        case wire::Style::data:
            return Show::Style::data;
    }
    return Show::Style::info;
}

}  // namespace

wire::Hello hello_of(const Request& request) {
    return {.purpose = request.purpose,
            .task = request.task,
            .first_factor_passed = request.first_factor_passed,
            .combined = request.combined,
            .enroll_in_account = request.enroll_in_account,
            .nobody_there = request.nobody_there,
            .told_later = request.told_later,
            .user = request.user,
            .service = request.service,
            .rhost = request.rhost,
            .tty = request.tty,
            .attempt = request.attempt,
            .proof = request.proof};
}

wire::Answer answer_of(Reply reply) {
    return std::visit(ToAnswer{}, reply);
}

Show show_of(wire::Show show) {
    return {style_of(show.style), std::move(show.text)};
}

Reply without_passwords(Reply reply) {
    const auto* typed = std::get_if<Secret>(&reply);
    if (typed == nullptr || typed->empty()) return reply;
    const TypedAnswer answer = classify(typed->text());
    if (std::holds_alternative<NotACode>(answer)) return OverlongAnswer{};
    return reply;
}

}  // namespace secondstep::dialogue
