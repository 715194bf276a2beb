#include "handover/handing_over.h"

#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <optional>

#include "access/earlier_record.h"
#include "access/store_session.h"
#include "base/duration.h"
#include "base/host_name.h"
#include "base/local_time.h"
#include "base/text.h"
#include "console/json_text.h"
#include "console/output.h"
#include "fleet/bundle.h"
#include "fleet/file_moves.h"
#include "fleet/fleet_session.h"
#include "fleet/host_tag.h"
#include "fleet/moving_state.h"
#include "handover/arrivals.h"
#include "handover/written_bundle.h"
#include "people/audit.h"
#include "people/people_index.h"

namespace secondstep::tool {

namespace {

// Out of a host's own store.
class HandOver {
  public:
    HandOver(const StoreSession& session, const HandingOver& wanted, CallerFile& file)
        : session_(session), wanted_(wanted), file_(file) {}
    Exit run(const fleet::MoveToken& token);

  private:
    [[nodiscard]] Result<void> add(fleet::BundleWriter& bundle, const AccountName& name);
    [[nodiscard]] Result<void> write(const fleet::MoveToken& token);
    Exit report() const;

    const StoreSession& session_;
    const HandingOver& wanted_;
    CallerFile& file_;
    std::size_t accounts_ = 0;
    std::vector<std::string> unreadable_;
    std::vector<std::string> invited_;  // whoever has a code to enroll with, and no second step
};

// Under its lock, so that what a login that began before the mark has used up goes along.
Result<void> HandOver::add(fleet::BundleWriter& bundle, const AccountName& name) {
    std::optional<fleet::MovingAccount> account;
    const auto looked = change(*session_.store, RecordName::of(name), Opening::existing,
                               [&](const Account& present) -> Result<Rewrite> {
                                   account.reset();
                                   if (present.credential)
                                       account.emplace(present.credential->clone(), present.state);
                                   const bool has_code =
                                       fleet::has_codes_that_end(present.state, session_.clock.now());
                                   if (!account && has_code) invited_.push_back(name.text());
                                   return LeaveAsItIs{};
                               });
    if (!looked && looked.error().code != Errc::damaged) return std::unexpected(looked.error());
    if (!looked) unreadable_.push_back(name.text());
    if (!account) return {};
    ++accounts_;
    return bundle.add(*account);
}

Result<void> HandOver::write(const fleet::MoveToken& token) {
    const fleet::BundleHead head{
        .direction = fleet::Direction::to_fleet, .from = host_name(), .since = session_.clock.now()};
    auto bundle = fleet::BundleWriter::begin(token, head, session_.randomness, writing_to(file_));
    if (!bundle) return std::unexpected(bundle.error());
    Result<void> outcome;
    const auto visited = session_.store->for_each([&](const AccountName& name) {
        outcome = add(*bundle, name);
        if (!outcome) outcome.error().detail = name.text() + ": " + outcome.error().detail;
        return outcome.has_value();
    });
    if (!visited) return visited;
    if (outcome) outcome = bundle->finish();
    return outcome ? on_the_disk(file_) : outcome;
}

Exit HandOver::report() const {
    if (wanted_.json) {
        out().verbatim(dump({{"changed", true},
                             {"accounts", accounts_},
                             {"unreadable", unreadable_},
                             {"codes_ended", invited_},
                             {"file", file_.path()}}));
        return unless_unwritten();
    }
    out().line(counted(static_cast<std::int64_t>(accounts_), "account") + " in " + printable(file_.path()) +
               ". From now on this machine's own store lets nobody in; its linked portals stay.");
    for (const std::string& user : unreadable_)
        out().line("left       " + user + ": it cannot be read; secondstep enroll " + user +
                   " on a node gives them a new second step");
    for (const std::string& user : invited_)
        out().line("code ends  " + user + ": a code that was given out does not work in the fleet");
    out().line("Next: carry the file to the node that gave the token, and there, as root:");
    out().verbatim("\n    secondstep store migrate --to fleet FILE\n");
    out().line("then remove it here and there; secondstep setup --join, if this machine is no host yet.");
    return unless_unwritten();
}

Exit HandOver::run(const fleet::MoveToken& token) {
    if (const auto marked = session_.store->mark_as_moved(token.move); !marked)
        return complain("nothing was changed", marked.error());
    const auto written = write(token);
    if (!written)
        return complain("the store is shut, and the file is not written: do it again", written.error());
    audit("store-migrate", "",
          "to=fleet move=" + hex(token.move) + " accounts=" + std::to_string(accounts_) +
              " unreadable=" + std::to_string(unreadable_.size()));
    const Exit told = report();
    if (told != Exit::done) return told;
    return unreadable_.empty() ? Exit::done : (session_.mark.set(), Exit::refused);
}

}  // namespace

Exit hand_over(const Config& config, const HandingOver& wanted, std::vector<CallerFile>& files) {
    const auto token = fleet::parse_move_token(wanted.token.text());
    if (!token) return complain(Exit::usage, token.error().detail);
    return run_with_moved_store(config, files, [&](const StoreSession& session) {
        return HandOver(session, wanted, files.front()).run(*token);
    });
}

namespace {

// Into the fleet, on its node.
class TakeIn {
  public:
    TakeIn(const FleetSession& session, const fleet::FileMoves& moves, const TakingIn& wanted)
        : session_(session), moves_(moves), wanted_(wanted) {}
    Exit run();

  private:
    [[nodiscard]] OrExit<fleet::Move> permission() const;
    [[nodiscard]] Result<fleet::MovingAccount> fitted(const fleet::MovingAccount& moved, const HostTag& tag,
                                                      fleet::Uids uids);
    [[nodiscard]] Result<void> check_person(const fleet::MovingAccount& moved, fleet::Uids uids);
    [[nodiscard]] Result<void> note_that_it_came(const fleet::Move& move) const;
    // `move` outlives them.
    [[nodiscard]] OrExit<ArrivalRules> rules(const fleet::Move& move);

    const FleetSession& session_;
    const fleet::FileMoves& moves_;
    const TakingIn& wanted_;
    PeopleIndex people_;
};

OrExit<fleet::Move> TakeIn::permission() const {
    const auto id = fleet::BundleReader::move_of(wanted_.bundle);
    if (!id) return stop(complain("the file", id.error()));
    auto move = moves_.by_id(*id);
    if (!move) return stop(complain("fleet", move.error()));
    const std::string again =
        ": secondstep fleet let-migrate HOST gives a token, with which the host makes the file again";
    if (!*move || (*move)->direction != fleet::Direction::to_fleet || (*move)->end == never)
        return stop(
            complain(Exit::refused,
                     "this node permits no such move (any more), or another one gave the token" + again));
    if ((*move)->end < session_.now())
        return stop(complain(Exit::refused, "that " + (*move)->host + " may hand over has ended at " +
                                                local_minute((*move)->end) + again));
    return std::move(**move);
}

// The name is the person, or the uid is as well.
Result<void> TakeIn::check_person(const fleet::MovingAccount& moved, fleet::Uids uids) {
    const Credential& credential = moved.credential;
    const std::string& name = credential.account.text();
    if ((name == "root" || credential.uid == uid_t{0}) && !wanted_.with_root)
        return fail(Errc::not_allowed, "it is root, on all hosts of the fleet; --with-root takes it over");
    if (uids == fleet::Uids::differ || !credential.uid) return {};
    const auto entry = people_.find(name);
    if (!entry) return std::unexpected(entry.error());
    if (*entry && (*entry)->uid != *credential.uid)
        return fail(Errc::not_allowed, "it has uid " + std::to_string(*credential.uid) + " there and " +
                                           std::to_string((*entry)->uid) +
                                           " here, so it may be another person; the fleet was made with "
                                           "--uids same");
    return refuse_earlier_record(*session_.store.store, credential.account, credential.uid);
}

Result<fleet::MovingAccount> TakeIn::fitted(const fleet::MovingAccount& moved, const HostTag& tag,
                                            fleet::Uids uids) {
    if (const auto good = check_person(moved, uids); !good) return std::unexpected(good.error());
    auto state = fleet::into_the_fleet(moved.state, tag);
    if (!state) return std::unexpected(state.error());
    fleet::MovingAccount fits{moved.credential.clone(), std::move(*state)};
    if (uids == fleet::Uids::differ) fits.credential.uid.reset();
    return fits;
}

OrExit<ArrivalRules> TakeIn::rules(const fleet::Move& move) {
    const auto identity = session_.records.identity();
    if (!identity || !*identity)
        return stop(
            complain(Exit::unavailable, identity ? "there is no fleet here" : identity.error().detail));
    const auto tag = fleet::tag_of(move.host);
    if (!tag) return stop(complain(tag.error()));
    ArrivalRules rules;
    rules.merge = wanted_.merge;
    rules.dry_run = wanted_.dry_run;
    rules.from = move.host;
    rules.came_before = [this, &move](const AccountName& name) { return moves_.come(move, name); };
    rules.note_arrival = [this, &move](const AccountName& name, fleet::Came came) {
        return moves_.note_come(move, name, came);
    };
    rules.fit = [this, tag = *tag, uids = (*identity)->uids, from = move.host](
                    const fleet::MovingAccount& moved,
                    const Account& present) -> Result<fleet::MovingAccount> {
        const bool lies =
            present.credential && fleet::claims_the_future(moved.state, *present.credential,
                                                           session_.store.config.window, session_.now());
        if (lies)
            return fail(
                Errc::not_allowed,
                "a code of a device that is here too was used there at a time that has not come yet: the clock of " +
                    from + " is ahead, or somebody there keeps the owner out");
        return fitted(moved, tag, uids);
    };
    return rules;
}

// Before the first of them is here: the way back answers this move.
Result<void> TakeIn::note_that_it_came(const fleet::Move& move) const {
    if (wanted_.dry_run || move.came_by == move.id) return {};
    return moves_.put({.id = move.id,
                       .host = move.host,
                       .direction = move.direction,
                       .secret = move.secret.clone(),
                       .since = move.since,
                       .end = move.end,
                       .came_by = move.id});
}

Exit TakeIn::run() {
    const auto move = permission();
    if (!move) return move.error();
    const fleet::MoveToken token{move->id, move->secret.clone()};
    const Bundle bundle{wanted_.bundle, token, fleet::Direction::to_fleet};
    const auto names = bundle.looked_through();
    if (!names) return complain("nothing was changed: the file", names.error());
    const auto how = rules(*move);
    if (!how) return how.error();
    if (const auto noted = note_that_it_came(*move); !noted) return complain("fleet", noted.error());
    const auto arrivals = take_over_all(session_.store, bundle, *how, [&](const Arrival& arrival) {
        audit("fleet-take-over", arrival.user,
              "host=" + move->host + " outcome=" + std::string(to_text(arrival.outcome)));
    });
    if (!arrivals) return complain("not all of it is here: do it again", arrivals.error());
    if (!wanted_.dry_run)
        audit("store-migrate", "",
              "to=fleet host=" + move->host + " accounts=" + std::to_string(arrivals->all.size()) +
                  " left=" + std::to_string(arrivals->count(Arrival::Outcome::left)));
    ArrivalReport as{.from = move->host, .dry_run = wanted_.dry_run, .json = wanted_.json};
    if (arrivals->is_whole() && !wanted_.dry_run)
        as.next.push_back("Next: secondstep fleet end-migration " + move->host +
                          " takes the permission back, and the file is not needed any more.");
    return report(*arrivals, as);
}

}  // namespace

Exit take_into_fleet(const Config& config, const TakingIn& wanted) {
    return run_with_fleet(config, [&](const FleetSession& session) {
        const auto moves = moves_of(session);
        if (!moves) return complain("fleet", moves.error());
        return TakeIn(session, **moves, wanted).run();
    });
}

}  // namespace secondstep::tool
