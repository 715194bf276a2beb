#include "handover/arrival.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "account/joined_state.h"
#include "account/merged_credential.h"
#include "fleet/moving_state.h"
#include "people/invoker.h"

namespace secondstep::tool {

namespace {

using Outcome = Arrival::Outcome;

// What is to be written of a record, and what that makes of the account.
struct Decision {
    Arrival arrival;
    Rewrite rewrite = LeaveAsItIs{};
};

Decision left(const std::string& user, std::string why) {
    return {.arrival = {.user = user, .outcome = Outcome::left, .why = std::move(why)}};
}

bool is_same(const Credential& one, const Credential& other) {
    return equal_in_constant_time(encode(one), encode(other));
}

State without_its_count(State state) {
    state.generation = 0;
    return state;
}

// The one that is here has a device of the arriving one, or had before that was enrolled again.
bool is_of_its_past(const Credential& present, const fleet::MovingAccount& arriving) {
    const auto now = ids_of(arriving.credential);
    return std::ranges::any_of(ids_of(present), [&](const AuthenticatorId& id) {
        return std::ranges::find(now, id) != now.end() || find_use(arriving.state, id) != nullptr;
    });
}

ChangeNotice notice_of_merging(const ArrivalRules& rules, UnixTime now) {
    std::string from = administrator() + ", from " + rules.from;
    if (from.size() > max_notice_from) from = rules.from.substr(0, max_notice_from);
    return {.change = Change::device_added, .when = now, .from = std::move(from)};
}

// Another store's word raises no failure and no wait of a second step that is here; what was used up there is so here.
// One that came with it, and was interrupted before its state was, is not finished yet.
Counting counting_of(const ArrivalRules& rules, fleet::Came came) {
    return rules.newer_replaces || came == fleet::Came::begun ? Counting::of_both : Counting::of_there;
}

Result<fleet::Came> came_before(const ArrivalRules& rules, const AccountName& name) {
    return rules.came_before ? rules.came_before(name) : fleet::Came::no;
}

// Where nothing changes nothing is written: whoever does it again moves no generation.
Decision with_state(const Account& present, Decision decision, State next) {
    next.generation = present.state.generation;
    if (next != present.state || present.state_damaged) decision.rewrite = WriteState{std::move(next)};
    return decision;
}

Decision placed(const Account& present, const fleet::MovingAccount& arriving, Decision decision) {
    State before = present.state;
    const bool is_another = !present.credential || !is_same(*present.credential, arriving.credential);
    // As with every new second step: what was given out for the one before ends.
    if (is_another) before.registration = before.temporary = {};
    if (is_another) before.sent = {};
    State next = joined(std::move(before), arriving.state, arriving.credential);
    if (!is_another) return with_state(present, std::move(decision), std::move(next));
    next.enrolled = true;
    decision.rewrite = WriteCredential{arriving.credential.clone(), std::move(next)};
    return decision;
}

Decision merging(const Account& present, const fleet::MovingAccount& arriving, const ArrivalRules& rules,
                 UnixTime now, Decision decision) {
    const SecondStep here{*present.credential, present.state};
    auto both = merged(here, {arriving.credential, arriving.state}, rules.from);
    if (!both) return left(decision.arrival.user, both.error().detail);
    State next = joined(present.state, arriving.state, *both, Counting::of_there);
    next.notice = notice_of_merging(rules, now);
    decision.arrival.outcome = Outcome::merged;
    decision.rewrite = WriteCredential{std::move(*both), std::move(next)};
    return decision;
}

// Of a name that has a second step here.
Decision beside(const Account& present, const fleet::MovingAccount& arriving, const ArrivalRules& rules,
                fleet::Came came, UnixTime now, Decision decision) {
    const Credential& here = *present.credential;
    if (rules.newer_replaces && is_of_its_past(here, arriving)) {
        const bool same = is_same(here, arriving.credential);
        decision.arrival.outcome = same ? Outcome::already : Outcome::replaced;
        return placed(present, arriving, std::move(decision));
    }
    if (has_all_devices(here, arriving.credential)) {
        if (here.uid != arriving.credential.uid)
            return left(decision.arrival.user, "it is of another uid here");
        decision.arrival.outcome = Outcome::already;
        return with_state(present, std::move(decision),
                          joined(present.state, arriving.state, here, counting_of(rules, came)));
    }
    if (rules.merge) return merging(present, arriving, rules, now, std::move(decision));
    return left(decision.arrival.user,
                "has another second step here; --merge puts the two together, if it is one person");
}

// Whoever was removed between two runs of one bundle is not brought back by the second.
std::optional<std::string> why_stays_away(const Account& present, fleet::Came came,
                                          const ArrivalRules& rules) {
    if (present.credential || came != fleet::Came::whole) return std::nullopt;
    return "came before, and was removed here since; only a file made with another token (secondstep fleet "
           "let-migrate " +
           rules.from + ") brings it back";
}

Decision decided(const Account& present, const fleet::MovingAccount& moved, const ArrivalRules& rules,
                 UnixTime now) {
    const std::string user = moved.credential.account.text();
    if (present.lost_credential)
        return left(user, "its record here cannot be read: secondstep doctor says how to mend it");
    const auto came = came_before(rules, moved.credential.account);
    if (!came) return left(user, came.error().detail);
    if (const auto why = why_stays_away(present, *came, rules)) return left(user, *why);
    const auto arriving = rules.fit(moved, present);
    if (!arriving) return left(user, arriving.error().detail);
    Decision decision{.arrival = {.user = user,
                                  .outcome = Outcome::created,
                                  .codes_ended = fleet::has_codes_that_end(moved.state, now)}};
    if (present.credential) return beside(present, *arriving, rules, *came, now, std::move(decision));
    return placed(present, *arriving, std::move(decision));
}

Arrival failed(const std::string& user, const Error& error) {
    return {.user = user, .outcome = Outcome::left, .why = error.detail};
}

}  // namespace

std::string_view to_text(Outcome outcome) {
    switch (outcome) {
        case Outcome::created:
            return "created";
        case Outcome::merged:
            return "merged";
        case Outcome::replaced:
            return "replaced";
        case Outcome::already:
            return "already";
        case Outcome::left:
            break;
    }
    return "left";
}

Arrival take_over(const StoreSession& session, const fleet::MovingAccount& arriving,
                  const ArrivalRules& rules) {
    const AccountName& name = arriving.credential.account;
    const UnixTime now = session.clock.now();
    // Who is left is not even locked: no state begins for a name that gets none.
    const auto there = session.store->read(RecordName::of(name));
    if (there) {
        Arrival arrival = decided(*there, arriving, rules, now).arrival;
        if (!arrival.is_here() || rules.dry_run) return arrival;
    }
    if (rules.dry_run) return failed(name.text(), there.error());
    if (there && !there->credential && rules.note_arrival) {
        if (const auto noted = rules.note_arrival(name, fleet::Came::begun); !noted)
            return failed(name.text(), noted.error());
    }
    Arrival arrival;
    const auto kept = change(*session.store, RecordName::of(name), Opening::enrollment,
                             [&](const Account& present) -> Result<Rewrite> {
                                 Decision decision = decided(present, arriving, rules, now);
                                 arrival = std::move(decision.arrival);
                                 return std::move(decision.rewrite);
                             });
    if (!kept) return failed(name.text(), kept.error());
    if (*kept == Kept::unconfirmed)
        return failed(name.text(), {Errc::io, "the disk did not confirm it: do it again"});
    return arrival;
}

Comparison compared(const StoreSession& session, const fleet::MovingAccount& moved,
                    const ArrivalRules& rules) {
    const auto present = session.store->read(RecordName::of(moved.credential.account));
    if (!present || !present->credential || present->state_damaged) return Comparison::differs;
    const auto arriving = rules.fit(moved, *present);
    if (!arriving) return Comparison::differs;
    const State here = without_its_count(present->state);
    const State both =
        joined(here, arriving->state, *present->credential, counting_of(rules, fleet::Came::no));
    const bool is_in_it = without_its_count(both) == here;
    if (!has_all_devices(*present->credential, arriving->credential) || !is_in_it) return Comparison::differs;
    State whole = without_its_count(arriving->state);
    whole.enrolled = true;
    const bool same = is_same(*present->credential, arriving->credential) && whole == here;
    return same ? Comparison::equal : Comparison::in_use;
}

}  // namespace secondstep::tool
