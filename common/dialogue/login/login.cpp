#include "dialogue/login/login.h"

#include <cstdint>
#include <utility>

#include "account/remembered_clients.h"
#include "account/told_notice.h"
#include "dialogue/conversation/guest.h"
#include "dialogue/login/menu.h"
#include "dialogue/set_up/proof.h"
#include "dialogue/set_up/saved_codes.h"
#include "dialogue/set_up/set_up.h"
#include "dialogue/texts/messages.h"
#include "dialogue/visit/guest_allowance.h"
#include "dialogue/visit/verified_answer.h"

namespace secondstep::dialogue {
namespace {

std::optional<Verification::Code> one_time_code_in(std::string_view typed) {
    std::optional<otp::OneTimeCode> code = otp::normalize_one_time_code(typed);
    if (!code) return std::nullopt;
    return std::move(*code);
}

// Eight digits for everybody: who has scratch codes is not to be learnt here.
std::optional<Verification::Code> recovery_code_in(std::string_view typed) {
    std::optional<otp::NormalizedRecoveryCode> code = otp::normalize_recovery_code(typed);
    if (!code) code = otp::normalize_scratch_code(typed);
    if (!code) return std::nullopt;
    return std::move(*code);
}

const VerificationOutcome not_a_code{.verdict = Verdict::refused, .reason = "not a code"};
const VerificationOutcome replaced_by_sshd{
    .verdict = Verdict::refused,
    .reason = "sshd replaced the answer: it refuses this user itself (PermitRootLogin, DenyUsers)"};

// Is the notice told at this login? Not when it was told often enough (told_notice.h): then it goes. Nor when
// that it is told could not be written.
Script<bool> is_told_now(Visit& visit) {
    bool told = false;
    const UnixTime now = visit.now();
    const Decide tell = [&](const Account& present) -> Result<Rewrite> {
        ChangeNotice left = told_notice(present.state, visit.source, now);
        told = left.change != Change::none;
        if (left == present.state.notice) return LeaveAsItIs{};
        State next = present.state;
        next.notice = std::move(left);
        return WriteState{std::move(next), IfUnknown::recognised};
    };
    const Result<Kept> written = co_await change_own_record(visit, tell);
    if (!written) co_return false;
    co_return told;
}

}  // namespace

// A login that lost its node goes on with the tries it has left.
Login::Login(Ports ports, Request request)
    : visit_(talk(), std::move(ports), std::move(request)),
      failed_(visit_.request.guest ? visit_.request.guest->introduction.tries_used : 0) {}

Script<Ended> Login::run() {
    const std::optional<Ended> over = co_await arrive(visit_);
    if (over) co_return *over;
    if (visit_.policy.action == Action::exempt) {
        if (!visit_.subject.known()) co_return visit_.end(Verdict::refused, "unknown user");
        proved_ = Proof::exempt;
        co_return visit_.end(Verdict::not_needed, visit_.by_rule("exempt"));
    }
    ChangeNotice notice;
    {
        const std::expected<Account, Ended> account = co_await read_account(visit_);
        if (!account) co_return account.error();
        if (visit_.enrolled && is_remembered(account->state)) {
            proved_ = Proof::remembered;
            co_return visit_.end(Verdict::accepted, "remembered");
        }
        notice = account->state.notice;
    }
    if (!visit_.enrolled) co_return co_await without_enrollment(std::move(notice));
    co_return co_await converse();
}

bool Login::is_remembered(const State& state) const {
    const std::string address = visit_.address();
    if (!visit_.permission(Proof::none).skip) return false;
    if (visit_.policy.remember.count() == 0 || address.empty()) return false;
    return secondstep::is_remembered(state, {visit_.request.service, address, visit_.host_tag()},
                                     visit_.now());
}

Script<Ended> Login::without_enrollment(ChangeNotice notice) {
    switch (visit_.policy.action) {
        case Action::require:
            visit_.by_decoy = true;
            co_return co_await converse();
        case Action::enroll:
            co_return left_to_the_account_phase();
        case Action::allow:
        case Action::exempt:
            break;
    }
    if (!visit_.subject.known()) co_return visit_.end(Verdict::refused, "unknown user");
    if (notice.change != Change::none && visit_.permission(Proof::none).tell) {
        const bool told = co_await is_told_now(visit_);
        if (told && !visit_.request.told_later)
            co_await visit_.talk.show(messages::changed(notice, visit_.config().contact));
    }
    co_return visit_.end(Verdict::not_needed, "not enrolled");
}

// Only programs of root are asked for something in the account phase: for all others the deadline holds here.
Ended Login::left_to_the_account_phase() {
    if (!visit_.subject.known()) return visit_.end(Verdict::refused, "unknown user");
    if (!visit_.request.enroll_in_account)
        return visit_.end(Verdict::refused, "not enrolled, and the stack has no enroll=account");
    if (visit_.permission(Proof::none).first_factor) {
        visit_.write = visit_.ports.randomness->array<std::tuple_size_v<AttemptId>>();
        proved_ = Proof::first_factor;
    }
    if (visit_.request.caller == Caller::root)
        return visit_.end(Verdict::not_needed, "not enrolled: asked to enroll in the account phase");
    if (visit_.policy.may_decline(visit_.now()))
        return visit_.end(Verdict::not_needed, "not enrolled: not now");
    return visit_.end(Verdict::refused, "not enrolled, it is due, and the program that asks is not root");
}

Script<Ended> Login::converse() {
    const bool combined = visit_.request.combined;
    if (visit_.may_be_sent_codes()) co_await have_code_sent();
    if (visit_.config().hint && !combined) co_await visit_.talk.show(messages::hint());
    while (visit_.talk.asks_left() > 0) {
        const std::string_view prompt = combined ? messages::combined_prompt : messages::code_prompt;
        const auto digits = static_cast<std::uint8_t>(combined ? visit_.policy.combined_digits : 0);
        Reply reply = co_await visit_.talk.ask(prompt, digits);
        std::optional<Secret> typed = text_of(std::move(reply));
        if (!typed) co_return unanswered();
        const Turn over = co_await take(std::move(*typed));
        if (over) co_return *over;
    }
    co_return unanswered();
}

Ended Login::unanswered() const {
    if (visit_.talk.asks_left() == 0) return visit_.end(Verdict::refused, "asked too often");
    return visit_.end(Verdict::cancelled, "no answer");
}

Script<Login::Turn> Login::take(Secret typed) {
    TypedAnswer answer = classify(typed.text());
    if (std::holds_alternative<AskedForHelp>(answer)) {
        if (!visit_.request.combined) co_return co_await menu();
        co_await visit_.talk.show(messages::help(visit_.config().contact));
        co_return std::nullopt;
    }
    if (std::holds_alternative<ReplacedBySshd>(answer))
        co_return co_await refuse(replaced_by_sshd, messages::not_accepted());
    const bool several = std::holds_alternative<SeveralCodes>(answer);
    std::optional<Verification::Code> code = any_code_in(std::move(answer));
    if (!code) {
        std::string words = words_for_no_code(typed.empty(), several);
        co_return co_await refuse(not_a_code, std::move(words));
    }
    co_return co_await verify(std::move(*code), For::login);
}

// What was typed may say so itself. But where sshd can put its own answer in its place, as it does for somebody
// whom it refuses, that would tell them from others: there it is the same as every refusal.
std::string Login::words_for_no_code(bool empty, bool several) const {
    const bool replaceable = !visit_.request.first_factor_passed && !visit_.request.rhost.empty();
    if (empty || replaceable || visit_.request.combined) return messages::not_accepted();
    return (several ? messages::several_codes() : messages::no_code()).append(messages::help_hint);
}

Script<Login::Turn> Login::menu() {
    const auto chosen = co_await choose_from_menu(visit_);
    if (!chosen) co_return unanswered();
    if (!*chosen) co_return std::nullopt;
    const std::string& contact = visit_.config().contact;
    switch (**chosen) {
        case MenuItem::send_again:
            co_await send_again();
            break;
        case MenuItem::log_in_once:
        case MenuItem::set_up_again:
        case MenuItem::one_time_code:
            co_return co_await ask_instead(**chosen);
        case MenuItem::refused_codes:
            co_await visit_.talk.show(why_codes_are_refused());
            break;
        case MenuItem::whom_to_call:
            co_await visit_.talk.show(messages::whom_to_call(contact));
            break;
    }
    co_return std::nullopt;
}

std::string Login::why_codes_are_refused() const {
    const std::string& contact = visit_.config().contact;
    if (visit_.may_be_sent_codes()) return messages::sent_codes_are_refused(contact);
    return messages::codes_are_refused(visit_.ports.host, visit_.request.user, contact);
}

DeliveryOrder Login::order(bool again) const {
    return {.record = visit_.record,
            .name = visit_.known_name,
            .source = visit_.source,
            .asked = visit_.asked(),
            .again = again};
}

// The first prompt does not wait for it: that a code is sent cannot be seen in the time it takes to appear.
Script<void> Login::have_code_sent() {
    if (!visit_.may_cause_a_message()) co_return;
    code_delivery_ = std::make_shared<CodeDelivery>();
    Background background{job_to_send(visit_.ports, order(false), code_delivery_)};
    co_await visit_.talk.pause(std::move(background));
}

Script<void> Login::send_again() {
    if (!visit_.may_cause_a_message()) {
        co_await visit_.talk.show_error(messages::could_not_be_sent(visit_.config().contact));
        co_return;
    }
    code_delivery_ = std::make_shared<CodeDelivery>();
    Work work{Work::Kind::sending, job_to_send(visit_.ports, order(true), code_delivery_)};
    const Resumption resumption = co_await visit_.talk.pause(std::move(work));
    if (resumption != Resumption::done) code_delivery_->came_to(CodeDelivery::Outcome::failed);
    const bool failed = co_await is_known_to_have_failed(visit_.talk, code_delivery_);
    if (failed) {
        co_await visit_.talk.show_error(messages::could_not_be_sent(visit_.config().contact));
    } else {
        const bool seen = visit_.may_see_the_address();
        const std::string masked = seen ? visit_.destination->masked() : std::string();
        co_await visit_.talk.show(messages::sent_again(masked));
    }
}

Script<Login::Turn> Login::ask_instead(MenuItem item) {
    const bool one_time = item == MenuItem::one_time_code;
    std::string prompt(one_time ? messages::one_time_code_prompt : messages::recovery_code_prompt);
    Reply reply = co_await visit_.talk.ask_aloud(prompt);
    const std::optional<Secret> typed = text_of(std::move(reply));
    if (!typed) co_return unanswered();
    if (typed->empty()) co_return std::nullopt;
    std::optional<Verification::Code> code =
        one_time ? one_time_code_in(typed->text()) : recovery_code_in(typed->text());
    if (!code) {
        std::string words = one_time ? messages::no_one_time_code() : messages::no_code();
        words += messages::help_hint;
        co_return co_await refuse(not_a_code, std::move(words));
    }
    const For what = item == MenuItem::set_up_again ? For::restore : For::login;
    co_return co_await verify(std::move(*code), what);
}

Script<Login::Turn> Login::verify(Verification::Code code, For what) {
    Verification::Circumstances circumstances = visit_.circumstances();
    circumstances.for_restore = what == For::restore;
    circumstances.to_enroll_again = visit_.permission(Proof::none).restore;
    if (visit_.permission(Proof::code).remember) circumstances.remember = visit_.policy.remember;
    circumstances.repeat = visit_.policy.repeat;
    VerificationOutcome verified = co_await verify_answer(visit_, std::move(circumstances), std::move(code));
    if (verified.verdict == Verdict::refused)
        co_return co_await refuse(std::move(verified), messages::not_accepted());
    if (verified.verdict != Verdict::accepted) co_return visit_.end(Verdict::unavailable, verified.reason);
    proved_ = proof_of(verified);
    if (what == For::restore) {
        visit_.log_event(AccountEvent::restore_begun, proved_);
        visit_.tell_owner(messages::restore_begun());
        co_await visit_.talk.show(messages::restore_open(verified.restore.until));
        co_return co_await set_up_again(std::move(verified));
    }
    if (verified.factor == Factor::registration_code) co_return co_await set_up_again(std::move(verified));
    co_return co_await welcome(std::move(verified));
}

// After the last try nothing is shown: sshd would pass a text without a prompt after it on mangled.
Script<Login::Turn> Login::refuse(VerificationOutcome verified, std::string words) {
    visit_.log(verified);
    if (verified.closed_now && visit_.enrolled)
        visit_.tell_owner(messages::hundred_failures(verified.a_code_opens));
    if (++failed_ >= visit_.config().tries || visit_.talk.asks_left() == 0)
        co_return visit_.end_quietly(Verdict::refused);
    const bool unsent = code_delivery_ &&
                        (code_delivery_->outcome() == CodeDelivery::Outcome::failed || verified.undelivered);
    if (unsent) words = messages::could_not_be_sent(visit_.config().contact);
    co_await visit_.talk.show_error(words_of_refusal(visit_, std::move(words)));
    co_return std::nullopt;
}

Script<Ended> Login::welcome(VerificationOutcome verified) {
    visit_.log(verified);
    const std::string& contact = visit_.config().contact;
    if (verified.factor == Factor::recovery_code) {
        visit_.tell_owner(messages::recovery_code_used());
        if (!visit_.request.told_later)
            co_await visit_.talk.show(messages::recovery_code_accepted(
                verified.recovery_codes_left.value_or(0), verified.recovery_codes_total, contact));
    }
    const Permission may = visit_.permission(proved_, enrollment_state_of(verified));
    if (may.tell && verified.notice.change != Change::none && !visit_.request.told_later)
        co_await visit_.talk.show(messages::changed(verified.notice, contact));
    if (may.setting_up == SettingUp::elsewhere) {
        co_await visit_.talk.show_error(visit_.only_elsewhere());
        co_return visit_.end(Verdict::refused, "has to enroll again, which is not possible on that host");
    }
    if (may.setting_up == SettingUp::now) {
        co_await visit_.talk.show(
            messages::enroll_again(visit_.ports.host, visit_.config().apps, methods_of(visit_.policy)));
        co_return co_await set_up_again(std::move(verified));
    }
    if (may.new_codes) co_await offer_new_codes(visit_, verified.authenticators);
    co_return visit_.end_quietly(Verdict::accepted);
}

Script<Ended> Login::set_up_again(VerificationOutcome verified) {
    std::expected<Account, Ended> account = co_await read_account(visit_);
    if (!account) co_return account.error();
    EnrollmentBaseline baseline = EnrollmentBaseline::of(*account);
    *account = {};  // its keys are not needed while somebody types
    baseline.rest_on(verified);
    const messages::EnrollmentMethods methods = methods_of(visit_.policy);
    const std::optional<EnrollmentMethod> method =
        co_await ask_method(visit_.talk, methods, messages::method_prompt(methods));
    if (!method) co_return visit_.end(Verdict::cancelled, "no answer while setting up");
    const EnrollmentOutcome outcome =
        co_await set_up_second_step(visit_, std::move(baseline), *method, proved_);
    co_return end_of(outcome, visit_);
}

}  // namespace secondstep::dialogue
