#include "dialogue/set_up/registration.h"

#include "account/one_time_grant.h"
#include "dialogue/texts/messages.h"
#include "dialogue/visit/decided_answer.h"
#include "dialogue/visit/guest_allowance.h"
#include "enrollment/enrollment.h"

namespace secondstep::dialogue {
namespace {

// As what WrongAnswers keeps it. What it is does not depend on the time.
constexpr std::string_view kind = "registration ";
constexpr otp::TimeStep always = 0;

// A right one is used up by what it enrolls, and may be shown until then.
GuestAllowance::Cost cost_of(bool is_written, const DecidedAnswer& decided) {
    if (!is_written) return GuestAllowance::Cost::no_verdict;
    if (decided.result.counted) return GuestAllowance::Cost::failure;
    return decided.accepted() ? GuestAllowance::Cost::repetition : GuestAllowance::Cost::work;
}

// As with every code: judged under the lock, written whatever the verdict is, and only then said. What a host of the
// fleet may not cause any more is written as it stood.
Script<Result<DecidedAnswer>> verify_under_lock(Visit& visit, otp::OneTimeCode code) {
    DecidedAnswer decided;
    const GuestAllowance allowance = co_await allowance_of(visit);
    if (allowance.is_busy()) co_return fail(Errc::busy, "too many answers of its host are judged at once");
    if (!allowance.is_judged()) co_return DecidedAnswer::not_judged(Factor::registration_code);
    const UnixTime now = visit.now();
    const Decide judge = [&](const Account& present) -> Result<Rewrite> {
        const Result<Digest> digest = grant_digest(*visit.ports.keyring, visit.own_record(),
                                                   GrantKind::registration, code, present.state.registration);
        if (!digest) return std::unexpected(digest.error());
        decided = {.result = verify_registration(present.state, visit.source, *digest, now)};
        if (decided.result.counted && visit.wrong_answers->hold(kind, code.symbols, always))
            decided = DecidedAnswer::wrong_again(Factor::registration_code, present.state);
        if (!allowance.admits())
            decided = {.result = {.factor = Factor::registration_code, .next = present.state}};
        return WriteState{decided.result.next};
    };
    const Result<Kept> written = co_await change_as_asked(visit, judge);
    allowance.settle(cost_of(written.has_value(), decided));
    if (!written) co_return std::unexpected(written.error());
    if (decided.result.counted) visit.wrong_answers->add(kind, code.symbols, always);
    co_return std::move(decided);
}

}  // namespace

Script<std::expected<OneTimeGrant, Ended>> ask_registration_code(Visit& visit) {
    const std::string& contact = visit.config().contact;
    co_await visit.talk.show(messages::registration_explained(contact));
    std::string refusal;
    for (unsigned wrong = 0; wrong < most_wrong_answers; ++wrong) {
        if (wrong > 0) co_await visit.talk.show_error(words_of_refusal(visit, refusal));
        Reply reply = co_await visit.talk.ask_aloud(messages::registration_prompt);
        const std::optional<Secret> typed = text_of(std::move(reply));
        if (!typed) co_return std::unexpected(visit.end(Verdict::cancelled, "no registration code"));
        std::optional<otp::OneTimeCode> code = otp::normalize_one_time_code(typed->text());
        refusal = code ? messages::registration_refused(contact) : messages::no_one_time_code();
        if (!code) continue;  // no code at all: carries no information, is not judged
        const Result<DecidedAnswer> decided = co_await verify_under_lock(visit, std::move(*code));
        if (!decided) co_return std::unexpected(visit.end(Verdict::unavailable, decided.error().detail));
        if (decided->accepted()) co_return decided->result.next.registration;
        visit.log({.verdict = Verdict::refused,
                   .reason = std::string(decided->reason()),
                   .factor = Factor::registration_code});
    }
    co_return std::unexpected(visit.end(Verdict::refused, "no right registration code"));
}

}  // namespace secondstep::dialogue
