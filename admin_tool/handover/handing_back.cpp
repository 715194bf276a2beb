#include "handover/handing_back.h"

#include <algorithm>
#include <cstdint>
#include <set>

#include "access/store_session.h"
#include "base/duration.h"
#include "base/host_name.h"
#include "base/text.h"
#include "console/json_text.h"
#include "console/output.h"
#include "fleet/bundle.h"
#include "fleet/file_moves.h"
#include "fleet/fleet_session.h"
#include "fleet/host_tag.h"
#include "fleet/moving_state.h"
#include "fleet/name_of_host.h"
#include "handover/arrivals.h"
#include "handover/written_bundle.h"
#include "people/audit.h"
#include "people/people_index.h"

namespace secondstep::tool {

namespace {

std::string accounts(std::size_t count) {
    return counted(static_cast<std::int64_t>(count), "account");
}

std::string listed(const std::vector<AccountName>& names) {
    constexpr std::size_t most = 20;
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < most; ++i)
        text += (i == 0 ? "" : ", ") + names[i].text();
    return names.size() > most ? text + " and " + std::to_string(names.size() - most) + " more" : text;
}

// Out of the fleet, on its node.
class HandBack {
  public:
    HandBack(const FleetSession& session, const fleet::FileMoves& moves, const HandingBack& wanted,
             CallerFile& file)
        : session_(session), moves_(moves), wanted_(wanted), file_(file) {}
    Exit run();

  private:
    [[nodiscard]] OrExit<void> check_host() const;
    [[nodiscard]] OrExit<std::vector<AccountName>> wanted_names() const;
    [[nodiscard]] Result<fleet::Move> permission() const;
    [[nodiscard]] Result<void> take_out(const AccountName& name, const HostTag& tag) const;
    [[nodiscard]] Result<std::size_t> write(const fleet::Move& move) const;
    Exit report(const fleet::Move& move, std::size_t count) const;

    const FleetSession& session_;
    const fleet::FileMoves& moves_;
    const HandingBack& wanted_;
    CallerFile& file_;
};

OrExit<void> HandBack::check_host() const {
    const auto registered = session_.records.host(wanted_.host);
    if (!registered) return stop(complain("fleet", registered.error()));
    const auto known = moves_.of_host(wanted_.host);
    if (!known) return stop(complain("fleet", known.error()));
    if (*registered || *known) return {};
    return stop(
        complain(Exit::refused, "no host \"" + printable(wanted_.host) +
                                    "\" has joined, or has handed anything over; see secondstep fleet "
                                    "hosts"));
}

// Who is away already need not be named again.
OrExit<std::vector<AccountName>> HandBack::wanted_names() const {
    const auto away = moves_.away(wanted_.host);
    if (!away) return stop(complain("fleet", away.error()));
    std::vector<AccountName> names;
    const auto visited = session_.store.store->for_each([&](const AccountName& name) {
        const auto record = session_.store.store->read(RecordName::of(name));
        // What cannot be read is looked at below, and said.
        if (!record || record->credential) names.push_back(name);
        return true;
    });
    if (!visited) return stop(complain(visited.error()));
    std::ranges::sort(names);
    if (wanted_.users.empty()) return names;
    std::vector<AccountName> some;
    for (const std::string& user : wanted_.users) {
        const auto name = AccountName::create(user);
        const bool here = name && std::ranges::binary_search(names, *name);
        const bool is_away = name && std::ranges::binary_search(*away, *name);
        if (!here && !is_away)
            return stop(complain(Exit::not_enrolled, "nothing was changed: " + printable(user) +
                                                         " has no second step in the fleet"));
        if (here) some.push_back(*name);
    }
    return some;
}

// The same again while anything of it is away: a file that got lost is made once more, and the token is the same.
Result<fleet::Move> HandBack::permission() const {
    auto before = moves_.of_host(wanted_.host);
    if (!before) return std::unexpected(before.error());
    const auto away = moves_.away(wanted_.host);
    if (!away) return std::unexpected(away.error());
    const bool goes_on = *before && (*before)->direction == fleet::Direction::to_files && !away->empty();
    if (goes_on) return std::move(**before);
    Randomness& randomness = session_.store.randomness;
    fleet::Move move{.id = randomness.array<5>(),
                     .host = wanted_.host,
                     .direction = fleet::Direction::to_files,
                     .secret = randomness.secret(fleet::move_secret_size),
                     .since = session_.now(),
                     .end = session_.now(),
                     .came_by = *before ? (*before)->came_by : fleet::PermissionId{}};
    if (const auto put = moves_.put(move); !put) return std::unexpected(put.error());
    return move;
}

// Written down beside the store, and then none in it: one of the two is true at every moment, and after a kill between them
// both, until it is done again. What was used up stays in its record.
Result<void> HandBack::take_out(const AccountName& name, const HostTag& tag) const {
    const auto kept =
        change(*session_.store.store, RecordName::of(name), Opening::existing,
               [&](const Account& present) -> Result<Rewrite> {
                   if (!present.credential) return LeaveAsItIs{};
                   const fleet::MovingAccount account{present.credential->clone(),
                                                      fleet::out_of_the_fleet(present.state, tag)};
                   if (const auto written = moves_.put_away(wanted_.host, account); !written)
                       return std::unexpected(written.error());
                   State none = present.state;
                   none.registration = none.temporary = {};
                   none.sent = {};
                   none.restore = {};
                   none.clients.clear();
                   none.enrollment_forced = false;
                   return RemoveCredential{std::move(none)};
               });
    if (!kept) return std::unexpected(kept.error());
    if (*kept == Kept::unconfirmed) return fail(Errc::io, "the disk did not confirm it: do it again");
    audit("fleet-give-back", name.text(), "host=" + wanted_.host);
    return {};
}

Result<std::size_t> HandBack::write(const fleet::Move& move) const {
    const auto identity = session_.records.identity();
    if (!identity) return std::unexpected(identity.error());
    if (!*identity) return fail(Errc::not_found, "there is no fleet here");
    const fleet::BundleHead head{.direction = fleet::Direction::to_files,
                                 .from = host_name(),
                                 .since = session_.now(),
                                 .answers = move.came_by,
                                 .host = move.host,
                                 .uids = (*identity)->uids};
    auto bundle = fleet::BundleWriter::begin({move.id, move.secret.clone()}, head, session_.store.randomness,
                                             writing_to(file_));
    if (!bundle) return std::unexpected(bundle.error());
    const auto names = moves_.away(move.host);
    if (!names) return std::unexpected(names.error());
    for (const AccountName& name : *names) {
        const auto account = moves_.account_away(move.host, name);
        if (!account) return std::unexpected(account.error());
        if (const auto added = bundle->add(*account); !added) return std::unexpected(added.error());
    }
    if (const auto whole = bundle->finish(); !whole) return std::unexpected(whole.error());
    if (const auto kept = on_the_disk(file_); !kept) return std::unexpected(kept.error());
    return bundle->accounts();
}

Exit HandBack::report(const fleet::Move& move, std::size_t count) const {
    auto token = fleet::to_text(fleet::MoveToken{move.id, move.secret.clone()});
    if (!token) return complain(token.error());
    if (wanted_.json) {
        out().verbatim(dump_with_secrets(
            {{"changed", true}, {"host", move.host}, {"accounts", count}, {"file", file_.path()}},
            {{"token", &*token}}));
        return unless_unwritten();
    }
    out().line(accounts(count) + " in " + printable(file_.path()) + ", for " + move.host +
               " alone. They are no accounts of the fleet any more.");
    out().line("Carry the file to " + move.host + ", and there, as root:");
    out().verbatim("\n    secondstep store migrate --to files FILE\n");
    out().line("and at its question for the token:");
    Secret line = Secret::copy_of("\n    ");
    line.append(token->text());
    line.push_back('\n');
    out().verbatim(line);
    out().line("What left is kept here until secondstep fleet end-migration " + move.host +
               " --taken-over, or --take-back if it never got there.");
    return unless_unwritten();
}

Exit HandBack::run() {
    if (const auto known = check_host(); !known) return known.error();
    const auto tag = fleet::tag_of(wanted_.host);
    if (!tag) return complain(tag.error());
    const auto names = wanted_names();
    if (!names) return names.error();
    const auto move = permission();
    if (!move) return complain("nothing was changed", move.error());
    for (const AccountName& name : *names) {
        if (const auto out_of_it = take_out(name, *tag); !out_of_it)
            return complain("not all of them, and no file is written: do it again: " + name.text(),
                            out_of_it.error());
    }
    const auto count = write(*move);
    if (!count) return complain("no file is written, and nothing is lost: do it again", count.error());
    audit("store-migrate", "", "to=files host=" + wanted_.host + " accounts=" + std::to_string(*count));
    return report(*move, *count);
}

}  // namespace

Exit hand_back(const Config& config, const HandingBack& wanted, std::vector<CallerFile>& files) {
    return run_with_fleet(config, files, [&](const FleetSession& session) {
        const auto moves = moves_of(session);
        if (!moves) return complain("fleet", moves.error());
        return HandBack(session, **moves, wanted, files.front()).run();
    });
}

namespace {

// Into a host's own store.
class TakeBack {
  public:
    TakeBack(const StoreSession& session, const TakingBack& wanted) : session_(session), wanted_(wanted) {}
    Exit run(const fleet::MoveToken& token);

  private:
    [[nodiscard]] OrExit<void> check_answer(const fleet::BundleHead& head);
    [[nodiscard]] OrExit<void> settle_others(const std::vector<AccountName>& arriving) const;
    [[nodiscard]] Result<void> delete_here(const AccountName& name) const;
    [[nodiscard]] Result<fleet::MovingAccount> fitted(const fleet::MovingAccount& moved,
                                                      const Account& present, const HostTag& tag,
                                                      fleet::Uids uids);
    [[nodiscard]] Result<std::optional<uid_t>> uid_here(const Credential& credential, const Account& present,
                                                        fleet::Uids uids);
    [[nodiscard]] OrExit<ArrivalRules> rules(const fleet::BundleHead& head);
    Exit settle(const Arrivals& arrivals, const fleet::BundleHead& head);

    const StoreSession& session_;
    const TakingBack& wanted_;
    PeopleIndex people_;
    bool is_moved_ = false;
};

// A bundle of an earlier time would bring back what was used up since.
OrExit<void> TakeBack::check_answer(const fleet::BundleHead& head) {
    const auto mark = session_.store->moved_mark();
    if (!mark) return stop(complain("nothing was changed", mark.error()));
    is_moved_ = mark->has_value();
    if (!is_moved_ || std::ranges::find((*mark)->moves, head.answers) != (*mark)->moves.end()) return {};
    return stop(complain(Exit::refused,
                         "nothing was changed: this store was handed over since that file was made, or to "
                         "another fleet; make the file again, on the node that has its accounts"));
}

Result<void> TakeBack::delete_here(const AccountName& name) const {
    const auto kept = change(*session_.store, RecordName::of(name), Opening::enrollment,
                             [](const Account& present) -> Result<Rewrite> {
                                 State none = present.state;
                                 none.registration = none.temporary = {};
                                 return RemoveCredential{std::move(none)};
                             });
    if (!kept) return std::unexpected(kept.error());
    audit("disable", name.text(), "reason=\"not among those the fleet gave back\"");
    return {};
}

// The fleet may have them still, and goes on judging their codes.
OrExit<void> TakeBack::settle_others(const std::vector<AccountName>& arriving) const {
    if (!is_moved_) return {};
    std::vector<AccountName> others;
    const auto visited = session_.store->for_each([&](const AccountName& name) {
        if (std::ranges::binary_search(arriving, name)) return true;
        const auto record = session_.store->read(RecordName::of(name));
        if (!record || record->credential) others.push_back(name);
        return true;
    });
    if (!visited) return stop(complain("nothing was changed", visited.error()));
    if (others.empty()) return {};
    std::ranges::sort(others);
    if (!wanted_.without_others)
        return stop(complain(
            Exit::refused, "nothing was changed: not in the file, and in this store: " + listed(others) +
                               ". What the fleet has of them would be accepted there and here: take them out "
                               "of the fleet too, or let --without-others delete what is here of them"));
    for (const AccountName& name : others) {
        if (const auto gone = delete_here(name); !gone) return stop(complain(name.text(), gone.error()));
    }
    return {};
}

Result<std::optional<uid_t>> TakeBack::uid_here(const Credential& credential, const Account& present,
                                                fleet::Uids uids) {
    const auto entry = people_.find(credential.account.text());
    if (!entry) return std::unexpected(entry.error());
    if (!*entry && present.credential) return present.credential->uid;
    if (!*entry) return credential.uid;
    const bool of_another = uids == fleet::Uids::same && credential.uid && *credential.uid != (*entry)->uid;
    if (of_another)
        return fail(Errc::not_allowed, "it has uid " + std::to_string(*credential.uid) +
                                           " in the fleet and " + std::to_string((*entry)->uid) +
                                           " here, so it may be another person");
    return std::optional((*entry)->uid);
}

Result<fleet::MovingAccount> TakeBack::fitted(const fleet::MovingAccount& moved, const Account& present,
                                              const HostTag& tag, fleet::Uids uids) {
    const auto uid = uid_here(moved.credential, present, uids);
    if (!uid) return std::unexpected(uid.error());
    auto state = fleet::at_home(moved.state, present.state, tag);
    if (!state) return std::unexpected(state.error());
    fleet::MovingAccount fits{moved.credential.clone(), std::move(*state)};
    fits.credential.uid = *uid;
    return fits;
}

OrExit<ArrivalRules> TakeBack::rules(const fleet::BundleHead& head) {
    const auto tag = fleet::tag_of(head.host);
    if (!tag) return stop(complain(tag.error()));
    ArrivalRules rules;
    rules.merge = wanted_.merge;
    rules.newer_replaces = true;
    rules.from = "the fleet";
    rules.fit = [this, tag = *tag, uids = head.uids](const fleet::MovingAccount& moved,
                                                     const Account& present) {
        return fitted(moved, present, tag, uids);
    };
    return rules;
}

Exit TakeBack::settle(const Arrivals& arrivals, const fleet::BundleHead& head) {
    ArrivalReport as{.from = "the fleet", .json = wanted_.json};
    if (!arrivals.is_whole()) {
        if (is_moved_) as.next.push_back("The store stays shut until all of them are here: do it again.");
        return report(arrivals, as);
    }
    if (is_moved_) {
        if (const auto ended = session_.store->end_move(); !ended)
            return complain("all of them are here, but the store is shut still", ended.error());
    }
    audit("store-migrate", "",
          "to=files accounts=" + std::to_string(arrivals.all.size()) + " host=" + head.host);
    if (session_.config.fleet.part == FleetPart::host)
        as.next.push_back(
            "This machine still asks the fleet: remove conf.d/fleet.conf, then systemctl restart "
            "secondstepd.service.");
    as.next.push_back("Last, on the node: secondstep fleet end-migration " + head.host +
                      " --taken-over; and remove the file here and there.");
    return report(arrivals, as);
}

Exit TakeBack::run(const fleet::MoveToken& token) {
    const Bundle bundle{wanted_.bundle, token, fleet::Direction::to_files};
    const auto names = bundle.looked_through();
    if (!names) return complain("nothing was changed: the file", names.error());
    const auto reader = bundle.opened();
    if (!reader) return complain("nothing was changed: the file", reader.error());
    const fleet::BundleHead& head = reader->head();
    if (const auto answers = check_answer(head); !answers) return answers.error();
    if (const auto settled = settle_others(*names); !settled) return settled.error();
    const auto how = rules(head);
    if (!how) return how.error();
    const auto arrivals = take_over_all(session_, bundle, *how, [](const Arrival& arrival) {
        audit("take-back", arrival.user, "outcome=" + std::string(to_text(arrival.outcome)));
    });
    if (!arrivals) return complain("not all of it is here: do it again", arrivals.error());
    return settle(*arrivals, head);
}

}  // namespace

Exit take_back(const Config& config, const TakingBack& wanted) {
    const auto token = fleet::parse_move_token(wanted.token.text());
    if (!token) return complain(Exit::usage, token.error().detail);
    if (const auto begun = begin_first_use(config); !begun) return begun.error();
    std::vector<CallerFile> none;
    return run_with_moved_store(
        config, none, [&](const StoreSession& session) { return TakeBack(session, wanted).run(*token); });
}

}  // namespace secondstep::tool
