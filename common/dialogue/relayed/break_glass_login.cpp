#include "dialogue/relayed/break_glass_login.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <tuple>
#include <utility>

#include "account/proof_token.h"
#include "base/text.h"
#include "dialogue/conversation/store_work.h"
#include "dialogue/texts/messages.h"
#include "dialogue/visit/told_later.h"
#include "dialogue/visit/verified_answer.h"
#include "otp/typed_answer.h"
#include "store/break_glass.h"
#include "store/break_glass_uses.h"

namespace secondstep::dialogue {
namespace {

// The record is of the host: whose login it is, is decided by break_glass_users alone.
Verification::Circumstances circumstances_of(const Visit& visit) {
    Verification::Circumstances circumstances = visit.circumstances();
    circumstances.record = RecordName::break_glass();
    circumstances.never_accepted = false;
    circumstances.name = RecordName::break_glass().stem();
    circumstances.subject = {visit.subject.account, std::nullopt, true};
    return circumstances;
}

}  // namespace

// A portal, or a program of the account's own uid, changes who is asked for; what stands at a combined prompt is a
// password with digits behind it.
bool BreakGlassLogin::is_for(const Visit& visit) {
    const auto& users = visit.config().fleet.break_glass_users;
    return visit.request.caller == Caller::root && !visit.request.combined && visit.subject.known() &&
           std::ranges::find(users, visit.known_name) != users.end();
}

Script<Result<Account>> BreakGlassLogin::record() const {
    StorePatience patience;
    co_return co_await read_record(visit_.talk, StoreAccess::of(visit_.ports), RecordName::break_glass(),
                                   patience);
}

Script<std::optional<Ended>> BreakGlassLogin::begin() {
    const Result<std::uint8_t> number = visit_.ports.keyring->decoy_number(visit_.known_name);
    if (!number) co_return visit_.end(Verdict::unavailable, number.error().detail);
    visit_.decoy_number = *number;
    const Result<Account> there = co_await record();
    if (!there) co_return visit_.end(Verdict::unavailable, "the break-glass codes: " + there.error().detail);
    if (break_glass_codes_left(*there) == 0)
        co_return visit_.end(Verdict::unavailable,
                             std::string(in_words(outage_)) + ", and this host has no break-glass codes");
    co_await visit_.talk.show(explained(outage_, visit_.ports.host));
    co_return std::nullopt;
}

Script<std::optional<Ended>> BreakGlassLogin::take(Secret typed) {
    TypedAnswer answer = classify(typed.text());
    if (std::holds_alternative<AskedForHelp>(answer)) {
        co_await visit_.talk.show(explained(outage_, visit_.ports.host));
        co_return std::nullopt;
    }
    auto* const code = std::get_if<otp::NormalizedRecoveryCode>(&answer);
    if (code != nullptr) co_return co_await verify(std::move(*code));
    // Codes of the app are not even looked at: nothing here could tell whether they are right.
    visit_.log({.verdict = Verdict::refused, .reason = "not a break-glass code"});
    co_return co_await refuse();
}

Script<std::optional<Ended>> BreakGlassLogin::verify(otp::NormalizedRecoveryCode code) {
    Verification::Code typed = std::move(code);
    VerificationOutcome verified = co_await verify_answer(visit_, circumstances_of(visit_), std::move(typed));
    verified.reason = "break-glass: " + verified.reason;
    if (verified.verdict == Verdict::unavailable) co_return visit_.end(Verdict::unavailable, verified.reason);
    visit_.log(verified);
    if (verified.verdict != Verdict::accepted) co_return co_await refuse();
    co_return co_await welcome(verified.recovery_codes_left.value_or(0));
}

// In the same words whatever it was: sshd may have put its own answer in the place of a right one. After the last try
// nothing is shown: sshd would pass a text without a prompt after it on mangled.
Script<std::optional<Ended>> BreakGlassLogin::refuse() {
    if (++failed_ >= visit_.config().tries || visit_.talk.asks_left() == 0)
        co_return visit_.end_quietly(Verdict::refused);
    co_await visit_.talk.show_error(messages::no_break_glass_code());
    co_return std::nullopt;
}

// The code is used up by now: nobody is kept out because the disk has no room for a note.
Script<bool> BreakGlassLogin::note(std::size_t left) {
    const BreakGlassUse use{.id = visit_.ports.randomness->array<std::tuple_size_v<BreakGlassUse::Id>>(),
                            .host = {},
                            .at = visit_.now(),
                            .account = visit_.known_name,
                            .service = visit_.request.service,
                            .from = visit_.from(),
                            .left = static_cast<unsigned>(left)};
    const auto kept = std::make_shared<Result<void>>();
    Work work{Work::Kind::sending,
              [uses = BreakGlassUses::untold(visit_.config().store), use, kept] { *kept = uses.add(use); }};
    const Resumption resumption = co_await visit_.talk.pause(std::move(work));
    if (resumption == Resumption::done && *kept) co_return true;
    visit_.ports.journal->warn(
        "No node of the fleet will be told of this login: " +
        (resumption == Resumption::done ? kept->error().detail : "the disk is too slow"));
    co_return false;
}

Script<Ended> BreakGlassLogin::welcome(std::size_t left) {
    visit_.ports.journal->alert("Break-glass: " + visit_.known_name + " logged in (" +
                                printable(visit_.request.service) + ", from " + printable(visit_.from()) +
                                ") with a code of this host, while " + std::string(in_words(outage_)) + "; " +
                                std::to_string(left) + " left.");
    [[maybe_unused]] const bool noted = co_await note(left);  // which has said what is wrong
    if (!visit_.request.told_later) co_await visit_.talk.show(messages::break_glass_accepted(left));
    co_return visit_.end_quietly(Verdict::accepted);
}

// The token is bound to the account, the service and the place; the write that it names stands in the host's record.
Script<bool> BreakGlassLogin::was_shown() {
    const Result<Account> there = co_await record();
    if (!there) co_return false;
    const UnixTime now = visit_.now();
    if (visit_.request.told_later) {
        const bool just_now = is_of_this_moment(there->state.last_success, now);
        if (just_now)
            co_await visit_.talk.show(messages::break_glass_accepted(break_glass_codes_left(*there)));
        co_return just_now;
    }
    const std::optional<ShownBefore> shown = read_proof_token(*visit_.ports.keyring, visit_.own_record(),
                                                              visit_.asked(), visit_.request.proof, now);
    co_return shown && there->state.last_accepted == shown->write;
}

}  // namespace secondstep::dialogue
