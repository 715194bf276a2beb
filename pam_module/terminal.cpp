#include "terminal.h"

#include <sys/random.h>
#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
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
constexpr int most_services = 3;  // that end before they are of any use

constexpr char service_account[] = "secondstep";

// What sshd says until a session has a terminal. It shows a text behind the last question twice, as a banner
// and at the start of the session: there it is told in the session alone.
constexpr char terminal_of_sshd[] = "ssh";

// GRND_NONBLOCK: at boot, before the kernel's generator is seeded, a host must not hang in here.
Result<std::array<std::uint8_t, 16>> new_attempt() {
    std::array<std::uint8_t, 16> attempt{};
    if (::getrandom(attempt.data(), attempt.size(), GRND_NONBLOCK) != ssize_t{attempt.size()}) {
        return fail(Errc::io, "the kernel has no random numbers yet");
    }
    return attempt;
}

// For whoever stands before a machine at three in the morning; one line, because sshd shows no other.
constexpr char silence[] = "The second step's service is silent: systemctl restart secondstepd";

// A service that is silent is not replaced by `--once`: whoever could make it silent
// would be rid of its limits.
const char* mend_for(Errc error) noexcept {
    if (error == Errc::unreachable) return ": start secondstepd.socket: systemctl start secondstepd.socket";
    if (error == Errc::timed_out) return ": systemctl restart secondstepd; secondstep doctor";
    return "";
}

wire::Answer answer_of(std::optional<Secret> typed) {
    if (!typed) return {};
    if (typed->size() > wire::max_answer) return {.kind = wire::AnswerKind::too_long, .text = {}};
    return {.kind = wire::AnswerKind::text, .text = std::move(*typed)};
}

}  // namespace

// A handle may be used several times (sudo, sshd): what was proved before proves nothing for this time.
int Terminal::authenticate() {
    host_.forget_proof();
    purpose_ = Purpose::authenticate;
    return ask_service();
}

int Terminal::account(bool silent) {
    if (::geteuid() != 0) return PAM_IGNORE;
    purpose_ = Purpose::account;
    proof_ = host_.proof();
    nobody_there_ = silent && proof_.empty();
    return ask_service();
}

// Its authentication ran in another process, so that no data says what was told there.
int Terminal::tell() {
    if (::geteuid() != 0 || host_.terminal() != terminal_of_sshd || !host_.is_first_session())
        return PAM_SUCCESS;
    purpose_ = Purpose::account;
    tells_ = nobody_there_ = true;
    static_cast<void>(ask_service());
    return PAM_SUCCESS;
}

// Who is let in already does not wait for a service that is ill.
std::chrono::milliseconds Terminal::patience() const noexcept {
    if (tells_) return std::chrono::seconds{1};
    return wire::ServiceLink::Options{}.answer_timeout;
}

int Terminal::ask_service() {
    const std::optional<std::string> user = host_.ask_user();
    if (!user) return code_of(Verdict::cancelled);
    for (;;) {
        Result<wire::ServiceLink> link = open_link();
        if (!link) return failed(link.error());
        debug("connected to secondstepd");
        if (const std::optional<int> code = converse(*link, *user)) return concluded(*code, *user);
        debug("secondstepd ended before it was of any use: the next one is asked");
        repeating_ = first_.has_value();
        held_.clear();
    }
}

Result<wire::ServiceLink> Terminal::open_link() const {
    return wire::ServiceLink::open({.socket = arguments_.socket,
                                    .service_program = paths::service_program,
                                    .config = arguments_.config,
                                    .service_account = service_account,
                                    .answer_timeout = patience()});
}

std::optional<int> Terminal::converse(wire::ServiceLink& link, const std::string& user) {
    ++services_;
    spoke_ = false;
    Result<wire::Hello> greeting = hello(user);
    if (!greeting) return failed(greeting.error());
    Result<wire::Message> message = link.greet(std::move(*greeting));
    for (int received = 0; received < most_messages; ++received) {
        if (is_to_be_asked_again(link, message)) return std::nullopt;
        if (!message) return failed(message.error());
        spoke_ = true;
        if (const std::optional<int> code = handle(link, *message)) return *code;
        message = link.receive();
    }
    return failed({.code = Errc::damaged, .detail = "secondstepd talks without end"});
}

// A service that is restarted (an upgrade) hangs up on whoever it has not asked anything yet, and answers everybody who sits
// at a prompt as unavailable: nobody has judged what they type then. Not for ever: who could end every service could end this
// login too.
bool Terminal::is_to_be_asked_again(wire::ServiceLink& link, const Result<wire::Message>& message) const {
    if (services_ == most_services) return false;
    const bool was_told_nothing = repeating_ || (asked_ == 0 && !spoke_);
    if (was_told_nothing) return !message && message.error().code == Errc::closed;
    if (!first_) return false;
    if (!message) return link.left_unread();
    const auto* end = std::get_if<wire::End>(&*message);
    return end != nullptr && end->verdict == Verdict::unavailable && link.hangs_up_unread();
}

Result<wire::Hello> Terminal::hello(const std::string& user) const {
    const auto attempt = new_attempt();
    if (!attempt) return std::unexpected(attempt.error());
    const bool account = purpose_ == Purpose::account;
    return wire::Hello{.purpose = purpose_,
                       .first_factor_passed = arguments_.first_factor_passed,
                       .combined = arguments_.combined && !account,
                       .enroll_in_account = arguments_.enroll_in_account,
                       .nobody_there = account && nobody_there_,
                       .told_later = account ? tells_ : host_.terminal() == terminal_of_sshd,
                       .user = user,
                       .service = host_.service(),
                       .rhost = host_.remote_host(),
                       .tty = host_.terminal(),
                       .attempt = *attempt,
                       .proof = account ? proof_ : Token{}};
}

std::optional<int> Terminal::handle(wire::ServiceLink& link, const wire::Message& message) {
    if (const auto* ask = std::get_if<wire::Ask>(&message)) return reply(link, *ask);
    if (const auto* end = std::get_if<wire::End>(&message)) {
        show_held();
        debug("secondstepd has ended the dialogue");
        if (end->verdict == Verdict::unavailable)
            host_.log(LOG_ERR, "unavailable: the log of secondstepd says why");
        proof_ = end->proof;
        return code_of(end->verdict);
    }
    if (const auto* text = std::get_if<wire::Show>(&message)) {
        show_or_hold(*text);
        return std::nullopt;
    }
    return failed({.code = Errc::damaged, .detail = "secondstepd sent what only a module says"});
}

void Terminal::show(const wire::Show& show) const {
    switch (show.style) {
        case wire::Style::info:
            debug("secondstepd shows a text");
            return host_.show_info(show.text.text());
        case wire::Style::error:
            debug("secondstepd shows an error");
            // Nobody has typed what was refused: they would wonder what they did wrong.
            if (!untyped_) host_.show_error(show.text.text());
            return;
        case wire::Style::data:
            return debug("secondstepd sent data for the tool");
    }
}

void Terminal::show_or_hold(const wire::Show& text) {
    if (!repeating_) return show(text);
    held_.push_back({.style = text.style, .text = text.text.clone()});
}

void Terminal::show_held() {
    for (const wire::Show& text : std::exchange(held_, {}))
        show(text);
}

// What was typed answers the same question only. To another one (they were enrolled meanwhile, say) the person
// answers themselves.
std::optional<int> Terminal::reply_once_more(wire::ServiceLink& link, const wire::Ask& ask) {
    repeating_ = false;
    Answered earlier = std::move(*std::exchange(first_, std::nullopt));
    if (earlier.ask == ask) {
        held_.clear();
        return reply_with(link, ask, answer_of(std::move(earlier.text)));
    }
    show_held();
    asked_ = 0;
    return reply(link, ask);
}

std::optional<int> Terminal::reply(wire::ServiceLink& link, const wire::Ask& ask) {
    if (repeating_) return reply_once_more(link, ask);
    debug(ask.echo ? "secondstepd asks, echo on" : "secondstepd asks, echo off");
    if (++asked_ > most_questions)
        return failed({.code = Errc::damaged, .detail = "secondstepd asks without end"});
    using Earlier = Arguments::EarlierPassword;
    const Earlier wanted = purpose_ == Purpose::account ? Earlier::ignore : arguments_.earlier_password;
    if (wanted == Earlier::insist && asked_ > 1) return code_of(Verdict::refused);
    std::optional<Secret> earlier;
    if (wanted != Earlier::ignore && asked_ == 1) earlier = host_.password();
    if (earlier) return reply_from_earlier_password(link, ask, std::move(*earlier));
    if (wanted != Earlier::insist) return reply_from_person(link, ask);
    host_.log(LOG_ERR, "use_first_pass: no earlier module has asked for anything");
    return code_of(Verdict::refused);
}

std::optional<int> Terminal::reply_from_earlier_password(wire::ServiceLink& link, const wire::Ask& ask,
                                                         Secret password) {
    untyped_ = true;
    return reply_with(link, ask, answer_of(std::move(password)));
}

std::optional<int> Terminal::reply_from_person(wire::ServiceLink& link, const wire::Ask& ask) {
    untyped_ = false;
    std::optional<Secret> typed;
    if (!nobody_there_) typed = host_.ask(ask.text, ask.echo, wire::max_answer);
    if (typed && repeats(ask, *typed)) return code_of(Verdict::refused);
    const bool given = typed.has_value();
    const std::optional<int> over = reply_with(link, ask, answer_of(std::move(typed)));
    if (given) return over;
    if (purpose_ == Purpose::authenticate) return code_of(Verdict::cancelled);
    if (!std::exchange(nobody_there_, true))
        host_.log(LOG_NOTICE, "a question got no answer: nobody is there, or the program cannot ask");
    return over;
}

// A program that has only one field gives what was typed there to every question. It is judged once: a wrong
// code must not count three times.
bool Terminal::repeats(const wire::Ask& ask, const Secret& typed) {
    if (!is_combined(ask)) return false;
    const bool again = combined_ && combined_->text() == typed.text();
    combined_ = typed.clone();
    return again;
}

std::optional<int> Terminal::reply_with(wire::ServiceLink& link, const wire::Ask& ask, wire::Answer answer) {
    first_.reset();
    if (asked_ == 1 && answer.kind == wire::AnswerKind::text)
        first_ = Answered{.ask = ask, .text = answer.text.clone()};
    if (!keep_password(ask, answer)) return PAM_BUF_ERR;
    const Result<void> sent = link.send(std::move(answer));
    // A service that has lost patience hangs up, but says before that how it ended.
    if (!sent && sent.error().code != Errc::closed) return failed(sent.error());
    return std::nullopt;
}

// After authentication there is no next module that wants a password.
bool Terminal::is_combined(const wire::Ask& ask) const noexcept {
    return ask.combined_length != 0 && purpose_ == Purpose::authenticate;
}

bool Terminal::keep_password(const wire::Ask& ask, wire::Answer& answer) const {
    if (answer.kind != wire::AnswerKind::text || !is_combined(ask)) return true;
    CombinedAnswer both = split_combined(answer.text, ask.combined_length);
    answer.text = std::move(both.code);
    return !both.password || host_.set_password(std::move(*both.password));
}

int Terminal::concluded(int code, const std::string& user) const {
    if (host_.user() != user) {
        host_.log(LOG_ERR, "PAM_USER changed during the conversation: refused");
        return code_of(Verdict::refused);
    }
    if (purpose_ == Purpose::account) return code;
    if (code == PAM_IGNORE) host_.log(LOG_INFO, "no second step is asked of " + printable(user));
    if (!proof_.empty() && (code == PAM_SUCCESS || code == PAM_IGNORE)) host_.keep_proof(proof_);
    return code;
}

int Terminal::code_of(Verdict verdict) const noexcept {
    return purpose_ == Purpose::account ? account_code(verdict) : pam_code(verdict);
}

int Terminal::failed(const Error& error) const {
    host_.log(LOG_ERR, error.detail + mend_for(error.code));
    if (error.code == Errc::timed_out && purpose_ == Purpose::authenticate) host_.show_error(silence);
    return pam_code(error.code);
}

void Terminal::debug(const char* text) const noexcept {
    if (arguments_.debug) host_.log(LOG_DEBUG, text);
}

}  // namespace secondstep::module
