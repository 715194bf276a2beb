#include "terminal.h"

#include <sys/random.h>
#include <syslog.h>

#include <cerrno>
#include <utility>
#include <variant>

#include "base/text.h"
#include "combined_answer.h"
#include "pam_codes.h"
#include "paths.h"

namespace secondstep::module {
namespace {

// The service ends a dialogue long before; these hold against a service that does not.
constexpr int most_questions = 20;
constexpr int most_messages = 100;

constexpr char service_account[] = "secondstep";

// GRND_NONBLOCK: at boot, before the kernel's generator is seeded, a host must not hang in here.
Result<std::array<std::uint8_t, 16>> new_attempt() {
    std::array<std::uint8_t, 16> attempt{};
    if (::getrandom(attempt.data(), attempt.size(), GRND_NONBLOCK) != ssize_t{attempt.size()}) {
        return fail(Errc::io, "the kernel has no random numbers yet");
    }
    return attempt;
}

wire::Answer answer_of(std::optional<Secret> typed) {
    if (!typed) return {};
    if (typed->size() > wire::max_answer) return {.kind = wire::AnswerKind::too_long, .text = {}};
    return {.kind = wire::AnswerKind::text, .text = std::move(*typed)};
}

}  // namespace

int Terminal::authenticate() {
    const std::optional<std::string> user = host_.ask_user();
    if (!user) return PAM_CONV_ERR;
    Result<wire::ServiceLink> link = wire::ServiceLink::open({.socket = arguments_.socket,
                                                              .service_program = paths::service_program,
                                                              .config = arguments_.config,
                                                              .service_account = service_account});
    if (!link) return failed(link.error());
    debug("connected to secondstepd");
    return concluded(converse(*link, *user), *user);
}

int Terminal::converse(wire::ServiceLink& link, const std::string& user) {
    Result<wire::Hello> greeting = hello(user);
    if (!greeting) return failed(greeting.error());
    if (const Result<void> sent = link.send(std::move(*greeting)); !sent) return failed(sent.error());
    for (int received = 0; received < most_messages; ++received) {
        const Result<wire::Message> message = link.receive();
        if (!message) return failed(message.error());
        if (const std::optional<int> code = handle(link, *message)) return *code;
    }
    return failed({.code = Errc::damaged, .detail = "secondstepd talks without end"});
}

Result<wire::Hello> Terminal::hello(const std::string& user) const {
    const auto attempt = new_attempt();
    if (!attempt) return std::unexpected(attempt.error());
    return wire::Hello{.purpose = wire::Purpose::authenticate,
                       .first_factor_passed = arguments_.first_factor_passed,
                       .combined = arguments_.combined,
                       .user = user,
                       .service = host_.service(),
                       .rhost = host_.remote_host(),
                       .tty = host_.terminal(),
                       .attempt = *attempt};
}

std::optional<int> Terminal::handle(wire::ServiceLink& link, const wire::Message& message) {
    if (const auto* ask = std::get_if<wire::Ask>(&message)) return reply(link, *ask);
    if (const auto* end = std::get_if<wire::End>(&message)) {
        debug("secondstepd has ended the dialogue");
        if (end->verdict == Verdict::unavailable)
            host_.log(LOG_ERR, "unavailable: the log of secondstepd says why");
        return pam_code(end->verdict);
    }
    if (const auto* show = std::get_if<wire::Show>(&message)) {
        debug("secondstepd shows a text");
        show->style == wire::Style::error ? host_.show_error(show->text) : host_.show_info(show->text);
        return std::nullopt;
    }
    return failed({.code = Errc::damaged, .detail = "secondstepd sent what only a module says"});
}

std::optional<int> Terminal::reply(wire::ServiceLink& link, const wire::Ask& ask) {
    debug(ask.echo ? "secondstepd asks, echo on" : "secondstepd asks, echo off");
    if (++asked_ > most_questions)
        return failed({.code = Errc::damaged, .detail = "secondstepd asks without end"});
    if (arguments_.earlier_password == Arguments::EarlierPassword::insist) {
        if (asked_ > 1) return PAM_AUTH_ERR;
        if (!host_.password()) {
            host_.log(LOG_ERR, "use_first_pass: no earlier module has asked for anything");
            return PAM_AUTH_ERR;
        }
    }
    wire::Answer answer = answer_of(typed(ask));
    if (!keep_password(ask, answer)) return PAM_BUF_ERR;
    const bool given = answer.kind != wire::AnswerKind::none;
    const Result<void> sent = link.send(std::move(answer));
    if (!given) return PAM_CONV_ERR;
    // A service that has lost patience hangs up, but says before that how it ended.
    if (!sent && sent.error().code != Errc::closed) return failed(sent.error());
    return std::nullopt;
}

std::optional<Secret> Terminal::typed(const wire::Ask& ask) const {
    if (asked_ == 1 && arguments_.earlier_password != Arguments::EarlierPassword::ignore) {
        std::optional<Secret> earlier = host_.password();
        if (earlier) return earlier;
    }
    return host_.ask(ask.text, ask.echo, wire::max_answer);
}

bool Terminal::keep_password(const wire::Ask& ask, wire::Answer& answer) const {
    if (answer.kind != wire::AnswerKind::text || ask.combined_length == 0) return true;
    CombinedAnswer both = split_combined(answer.text, ask.combined_length);
    answer.text = std::move(both.code);
    return !both.password || host_.set_password(std::move(*both.password));
}

int Terminal::concluded(int code, const std::string& user) const {
    if (host_.user() != user) {
        host_.log(LOG_ERR, "PAM_USER changed during the conversation: refused");
        return PAM_AUTH_ERR;
    }
    if (code == PAM_IGNORE) host_.log(LOG_INFO, "no second step is asked of " + printable(user));
    return code;
}

int Terminal::failed(const Error& error) const {
    host_.log(LOG_ERR, error.code == Errc::unreachable
                           ? error.detail + ": start secondstepd.socket: systemctl start secondstepd.socket"
                           : error.detail);
    return pam_code(error.code);
}

void Terminal::debug(const char* text) const noexcept {
    if (arguments_.debug) host_.log(LOG_DEBUG, text);
}

}  // namespace secondstep::module
