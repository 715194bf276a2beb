#include "dialogue/set_up/proof.h"

#include "dialogue/texts/messages.h"
#include "dialogue/visit/guest_allowance.h"
#include "dialogue/visit/verified_answer.h"
#include "otp/typed_answer.h"

namespace secondstep::dialogue {
namespace {

// The code a person has, at the one prompt that takes them all.
std::optional<Verification::Code> code_in(TypedAnswer answer) {
    if (auto* otp = std::get_if<TypedOtp>(&answer)) return OtpAnswer{std::move(otp->digits)};
    if (auto* recovery = std::get_if<otp::NormalizedRecoveryCode>(&answer)) return std::move(*recovery);
    return std::nullopt;
}

// Of what was not judged they say so, and what is wrong with it.
std::string words_for(const TypedAnswer& refused) {
    if (std::holds_alternative<TypedOtp>(refused) ||
        std::holds_alternative<otp::NormalizedRecoveryCode>(refused))
        return messages::not_accepted();
    if (std::holds_alternative<otp::OneTimeCode>(refused)) return messages::no_one_time_code_here();
    const bool several = std::holds_alternative<SeveralCodes>(refused);
    return (several ? messages::several_codes() : messages::no_code()).append(messages::help_hint);
}

// A question for help is no try.
Script<std::optional<Secret>> ask_with_help(Visit& visit, std::string prompt, std::string help) {
    for (;;) {
        Reply reply = co_await visit.talk.ask_aloud(prompt);
        std::optional<Secret> typed = text_of(std::move(reply));
        if (!typed || !std::holds_alternative<AskedForHelp>(classify(typed->text())))
            co_return std::move(typed);
        co_await visit.talk.show(help);
    }
}

}  // namespace

std::optional<Verification::Code> any_code_in(TypedAnswer answer) {
    if (auto* one_time = std::get_if<otp::OneTimeCode>(&answer)) return std::move(*one_time);
    return code_in(std::move(answer));
}

Proof proof_of(const VerificationOutcome& verified) {
    if (verified.verdict != Verdict::accepted || !verified.write) return Proof::none;
    switch (verified.factor) {
        case Factor::authenticator:
            return Proof::code;
        case Factor::recovery_code:
            return Proof::recovery_code;
        case Factor::temporary_code:
            return Proof::temporary_code;
        case Factor::registration_code:
            return Proof::registration_code;
    }
    return Proof::none;
}

EnrollmentState enrollment_state_of(const VerificationOutcome& verified) {
    if (verified.enrollment_forced) return EnrollmentState::forced;
    return verified.codes_not_saved ? EnrollmentState::codes_not_saved : EnrollmentState::enrolled;
}

Script<std::expected<PresentStep, Ended>> prove(Visit& visit) {
    const std::string& contact = visit.config().contact;
    for (unsigned failed = 0; failed < visit.config().tries; ++failed) {
        const std::optional<Secret> typed = co_await ask_with_help(
            visit, std::string(messages::present_code_prompt), messages::present_code_help(contact));
        if (!typed) co_return std::unexpected(visit.end(Verdict::cancelled, "no answer"));
        TypedAnswer answer = classify(typed->text());
        const std::string refusal = words_for(answer);
        std::optional<Verification::Code> code = code_in(std::move(answer));
        if (!code) {
            co_await visit.talk.show_error(refusal);
            continue;
        }
        VerificationOutcome verified = co_await verify_answer(visit, visit.circumstances(), std::move(*code));
        visit.log(verified);
        if (verified.verdict == Verdict::unavailable)
            co_return std::unexpected(visit.end_quietly(verified.verdict));
        if (verified.verdict == Verdict::accepted) {
            // That it was told is written already.
            if (verified.notice.change != Change::none)
                co_await visit.talk.show(messages::changed(verified.notice, contact));
            PresentStep shown{proof_of(verified), std::move(verified.authenticators)};
            co_return std::move(shown);
        }
        co_await visit.talk.show_error(words_of_refusal(visit, refusal));
    }
    co_await visit.talk.show_error(messages::not_proved(contact));
    co_return std::unexpected(visit.end_quietly(Verdict::refused));
}

Script<std::optional<VerificationOutcome>> prove_once(Visit& visit) {
    co_await visit.talk.show(messages::present_step_first(visit.ports.host));
    const std::optional<Secret> typed = co_await ask_with_help(
        visit, std::string(messages::any_code_prompt), messages::any_code_help(visit.config().contact));
    if (!typed || typed->empty()) co_return std::nullopt;
    std::optional<Verification::Code> code = any_code_in(classify(typed->text()));
    const bool judged = code.has_value();
    if (code) {
        Verification::Circumstances circumstances = visit.circumstances();
        circumstances.to_enroll_again = true;
        VerificationOutcome verified =
            co_await verify_answer(visit, std::move(circumstances), std::move(*code));
        visit.log(verified);
        if (verified.verdict == Verdict::accepted) co_return std::move(verified);
    }
    std::string words = messages::present_step_not_shown(visit.config().contact, judged);
    co_await visit.talk.show_error(words_of_refusal(visit, std::move(words)));
    co_return std::nullopt;
}

}  // namespace secondstep::dialogue
