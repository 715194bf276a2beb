#include "dialogue/proof.h"

#include "dialogue/messages.h"
#include "dialogue/typed_answer.h"

namespace secondstep::dialogue {
namespace {

// The code a person has, at the one prompt that takes them all.
std::optional<Examination::Code> code_in(TypedAnswer answer) {
    if (auto* otp = std::get_if<TypedOtp>(&answer)) return OtpAnswer{std::move(otp->digits)};
    if (auto* recovery = std::get_if<otp::NormalizedRecoveryCode>(&answer)) return std::move(*recovery);
    return std::nullopt;
}

}  // namespace

Script<std::expected<AuthenticatorIds, Verdict>> prove(Talk& talk, Visit& visit) {
    for (unsigned failed = 0; failed < visit.config().tries;) {
        if (failed > 0) co_await talk.show_error(messages::not_accepted());
        Reply reply = co_await talk.ask_aloud(messages::present_code_prompt);
        const std::optional<Secret> typed = text_of(std::move(reply));
        if (!typed) co_return std::unexpected(visit.end(Verdict::cancelled, "no answer"));
        ++failed;
        std::optional<Examination::Code> code = code_in(classify(typed->text()));
        if (!code) continue;
        Ruling ruling = co_await examine(talk, visit, visit.circumstances(), std::move(*code));
        visit.log(ruling);
        if (ruling.verdict == Verdict::unavailable) co_return std::unexpected(ruling.verdict);
        if (ruling.verdict != Verdict::accepted) continue;
        // Judging it has taken a notice that is over from the state: it is told at least once.
        if (ruling.notice.change != Change::none)
            co_await talk.show(messages::changed(ruling.notice, visit.config().contact));
        co_return std::move(ruling.authenticators);
    }
    co_return std::unexpected(Verdict::refused);
}

}  // namespace secondstep::dialogue
