#include "access/service_dialogue.h"

#include <unistd.h>

#include <array>
#include <utility>
#include <variant>

#include "base/randomness.h"
#include "base/service_mending.h"
#include "console/prompt.h"
#include "paths.h"

namespace secondstep::tool {

namespace {

std::string terminal_name() {
    std::array<char, 256> name{};
    return ::ttyname_r(STDIN_FILENO, name.data(), name.size()) == 0 ? name.data() : "";
}

}  // namespace

wire::Hello hello_from_here(std::string user, std::string service) {
    SystemRandomness randomness;
    wire::Hello hello;
    hello.user = std::move(user);
    hello.service = std::move(service);
    hello.tty = terminal_name();
    hello.attempt = randomness.array<16>();
    return hello;
}

OrExit<ServiceDialogue> ServiceDialogue::open(const Config& config, const Invocation& invocation) {
    auto link = wire::ServiceLink::open({.socket = config.socket,
                                         .service_program = paths::service_program,
                                         .config = invocation.config_path,
                                         .service_account = config.service_account});
    if (link) return ServiceDialogue(std::move(*link));
    return stop(complain(Exit::unavailable, "the service cannot be reached (" + link.error().detail +
                                                "); start it, or see secondstep doctor"));
}

OrExit<Verdict> ServiceDialogue::run_with_form(const wire::Hello& hello, Secret form, Output& screen,
                                               const TakeData& take_data) {
    form_ = std::move(form);
    return run(hello, screen, take_data);
}

wire::Answer ServiceDialogue::answer_to(const wire::Ask& question, Output& screen) {
    if (form_) return {wire::AnswerKind::form, *std::exchange(form_, std::nullopt)};
    auto line = ask(screen, question.text, question.echo);
    if (!line) return {wire::AnswerKind::none, {}};
    if (line->size() > wire::max_answer) return {wire::AnswerKind::too_long, {}};
    return {wire::AnswerKind::text, std::move(*line)};
}

OrExit<Verdict> ServiceDialogue::run(const wire::Hello& hello, Output& screen, const TakeData& take_data) {
    const auto verdict = converse(hello, screen, take_data);
    if (!verdict && verdict.error().code == Errc::timed_out) {
        return stop(complain(Exit::unavailable, verdict.error().detail + ": " +
                                                    std::string(how_to_restart_the_service) +
                                                    "; then secondstep doctor"));
    }
    if (!verdict) return stop(complain("the service broke off", verdict.error()));
    return *verdict;
}

Result<Verdict> ServiceDialogue::converse(const wire::Hello& hello, Output& screen,
                                          const TakeData& take_data) {
    for (auto message = link_.greet(hello);; message = link_.receive()) {
        if (!message) return std::unexpected(message.error());
        has_heard_ = true;
        if (const auto* end = std::get_if<wire::End>(&*message)) return end->verdict;
        if (auto* show = std::get_if<wire::Show>(&*message)) {
            if (show->style == wire::Style::data) {
                take_data(std::move(show->text));
            } else {
                has_shown_ = true;
                screen.line(show->text);
            }
        } else if (const auto* question = std::get_if<wire::Ask>(&*message)) {
            if (auto sent = link_.send(answer_to(*question, screen)); !sent)
                return std::unexpected(sent.error());
        } else {
            return fail(Errc::damaged, "the service sent something that is not for this side");
        }
    }
}

}  // namespace secondstep::tool
