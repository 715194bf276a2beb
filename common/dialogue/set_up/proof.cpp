#include "dialogue/set_up/proof.h"

#include "dialogue/texts/messages.h"
#include "otp/typed_answer.h"

namespace secondstep::dialogue {
namespace {

// The code a person has, at the one prompt that takes them all.
std::optional<Verification::Code> code_in(TypedAnswer answer) {
    if (auto* otp = std::get_if<TypedOtp>(&answer)) return OtpAnswer{std::move(otp->digits)};
    if (auto* recovery = std::get_if<otp::NormalizedRecoveryCode>(&answer)) return std::move(*recovery);
    return std::nullopt;
}

std::string words_for(const TypedAnswer& refused) {
    if (std::holds_alternative<SeveralCodes>(refused)) return messages::several_codes();
    return std::holds_alternative<NotACode>(refused) ? messages::no_code() : messages::not_accepted();
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
    std::string refusal;
    for (unsigned failed = 0; failed < visit.config().tries;) {
        if (failed > 0) co_await visit.talk.show_error(refusal);
        Reply reply = co_await visit.talk.ask_aloud(messages::present_code_prompt);
        const std::optional<Secret> typed = text_of(std::move(reply));
        if (!typed) co_return std::unexpected(visit.end(Verdict::cancelled, "no answer"));
        ++failed;
        TypedAnswer answer = classify(typed->text());
        refusal = words_for(answer);
        std::optional<Verification::Code> code = code_in(std::move(answer));
        if (!code) continue;
        VerificationOutcome verified = co_await verify_answer(visit, visit.circumstances(), std::move(*code));
        visit.log(verified);
        if (verified.verdict == Verdict::unavailable)
            co_return std::unexpected(visit.end_quietly(verified.verdict));
        if (verified.verdict != Verdict::accepted) continue;
        // That it was told is written already.
        if (verified.notice.change != Change::none)
            co_await visit.talk.show(messages::changed(verified.notice, visit.config().contact));
        PresentStep shown{proof_of(verified), std::move(verified.authenticators)};
        co_return std::move(shown);
    }
    co_return std::unexpected(visit.end_quietly(Verdict::refused));
}

Script<std::optional<VerificationOutcome>> prove_once(Visit& visit) {
    co_await visit.talk.show(messages::present_step_first(visit.ports.host));
    Reply reply = co_await visit.talk.ask_aloud(messages::any_code_prompt);
    const std::optional<Secret> typed = text_of(std::move(reply));
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
    co_await visit.talk.show_error(messages::present_step_not_shown(visit.config().contact, judged));
    co_return std::nullopt;
}

}  // namespace secondstep::dialogue
