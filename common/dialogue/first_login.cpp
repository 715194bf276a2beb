#include "dialogue/first_login.h"

#include "dialogue/messages.h"
#include "dialogue/registration.h"
#include "dialogue/saved_codes.h"
#include "dialogue/set_up.h"

namespace secondstep::dialogue {

// Nothing is logged where nothing is due: every login passes here.
Script<Verdict> FirstLogin::run(Talk& talk) {
    const std::optional<Verdict> over = co_await arrive(talk, visit_);
    if (over) co_return *over;
    if (visit_.policy.action == Action::exempt) co_return Verdict::not_needed;
    std::expected<Account, Verdict> account = co_await read_account(talk, visit_);
    if (!account) co_return account.error();
    State state = std::move(account->state);
    const bool known = visit_.subject.known();
    Foundation foundation = known ? Foundation::of(visit_, *account) : Foundation{};
    account = std::unexpected(Verdict::unavailable);  // its keys are not needed while somebody types
    if (visit_.enrolled) co_return co_await enrolled(talk, std::move(state), std::move(foundation));
    if (visit_.policy.action != Action::enroll) co_return Verdict::not_needed;
    if (!known) co_return visit_.end(Verdict::refused, "unknown user");
    co_return co_await not_enrolled(talk, std::move(foundation));
}

// His present second step was asked for in the phase before this one, if the stack asks for it.
Script<Verdict> FirstLogin::enrolled(Talk& talk, State state, Foundation foundation) {
    if (state.enrollment_forced) {
        const messages::Ways ways = ways_of(visit_.policy);
        co_await talk.show(messages::enroll_again(visit_.ports.host, visit_.config().apps, ways));
        const std::optional<Way> way = co_await ask_way(talk, ways, std::string(messages::choice_prompt));
        if (!way) co_return visit_.end(Verdict::refused, "has to enroll again");
        co_return co_await set_up(talk, std::move(foundation), *way, state.registration.given);
    }
    if (!state.recovery.not_saved) co_return Verdict::not_needed;
    static_cast<void>(co_await offer_new_codes(talk, visit_, foundation.authenticators));
    co_return Verdict::not_needed;
}

Script<std::optional<Way>> FirstLogin::choose(Talk& talk) {
    const messages::Deadline deadline{visit_.now(), visit_.policy.enroll_until.value_or(UnixTime{})};
    const bool may_decline = visit_.policy.may_decline(deadline.now);
    const messages::Ways ways = ways_of(visit_.policy);
    co_await talk.show(messages::first_login(visit_.ports.host, visit_.config().apps, ways,
                                             may_decline ? &deadline : nullptr));
    for (unsigned asked = 0; asked < 3; ++asked) {
        Reply reply = co_await talk.ask_aloud(messages::choice_prompt);
        const std::optional<Secret> typed = text_of(std::move(reply));
        if (!typed || (typed->empty() && may_decline)) co_return std::nullopt;
        if (const auto way = way_of(*typed, ways)) co_return way;
    }
    co_return std::nullopt;
}

Script<Verdict> FirstLogin::declined(Talk& talk) {
    if (visit_.policy.may_decline(visit_.now()))
        co_return visit_.end(Verdict::not_needed, "not enrolled: not now");
    co_await talk.show_error(messages::enrollment_overdue(visit_.config().contact));
    co_return visit_.end(Verdict::refused, "not enrolled, and it is due");
}

Script<Verdict> FirstLogin::not_enrolled(Talk& talk, Foundation foundation) {
    const std::optional<Way> way = co_await choose(talk);
    if (!way) co_return co_await declined(talk);
    const bool with_code = visit_.policy.enrollment == EnrollmentProof::registration_code;
    co_return co_await set_up(talk, std::move(foundation), *way, with_code);
}

Script<Verdict> FirstLogin::set_up(Talk& talk, Foundation foundation, Way way, bool with_code) {
    if (with_code) {
        const auto permitted = co_await ask_registration_code(talk, visit_);
        if (!permitted && permitted.error() == Verdict::cancelled && !visit_.enrolled)
            co_return co_await declined(talk);
        if (!permitted) co_return permitted.error();
        foundation.registration = *permitted;
    }
    std::string proof = with_code ? "registration-code" : "open";
    const SetUp outcome =
        co_await set_up_second_step(talk, visit_, std::move(foundation), way, std::move(proof));
    if (outcome == SetUp::hung_up && !visit_.enrolled) co_return co_await declined(talk);
    co_return verdict_of(outcome, visit_);
}

}  // namespace secondstep::dialogue
