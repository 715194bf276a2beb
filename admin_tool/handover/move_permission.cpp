#include "handover/move_permission.h"

#include <algorithm>
#include <cstdint>

#include "account/state.h"
#include "base/duration.h"
#include "base/local_time.h"
#include "base/text.h"
#include "console/json_text.h"
#include "console/output.h"
#include "fleet/file_moves.h"
#include "fleet/name_of_host.h"
#include "handover/arrivals.h"
#include "people/audit.h"

namespace secondstep::tool {

namespace {

Exit still_away(const std::string& host, std::size_t count) {
    return complain(Exit::refused,
                    "nothing was changed: " + counted(static_cast<std::int64_t>(count), "account") +
                        (count == 1 ? " has" : " have") + " left the fleet for " + host +
                        ": secondstep fleet end-migration " + host +
                        " --taken-over when they are there, --take-back when they never got there");
}

Exit show(const fleet::Move& move, bool json) {
    auto token = fleet::to_text(fleet::MoveToken{move.id, move.secret.clone()});
    if (!token) return complain(token.error());
    if (json) {
        out().verbatim(dump_with_secrets(
            {{"changed", true}, {"host", move.host}, {"move", hex(move.id)}, {"until", utc_second(move.end)}},
            {{"token", &*token}}));
        return unless_unwritten();
    }
    out().line("On " + move.host + ", as root:");
    out().verbatim("\n    secondstep store migrate --to fleet --output " + move.host + ".bundle\n");
    out().line("and at its question for the token:");
    Secret line = Secret::copy_of("\n    ");
    line.append(token->text());
    line.push_back('\n');
    out().verbatim(line);
    out().line("Then, with that file, here:");
    out().verbatim("\n    secondstep store migrate --to fleet " + move.host + ".bundle\n");
    out().line("It is taken until " + local_minute(move.end) +
               ". Nothing but what is in that file, made with this token, comes into the fleet by it.");
    return unless_unwritten();
}

}  // namespace

Exit let_migrate(const FleetSession& session, const MovePermission& wanted) {
    const auto identity = session.records.identity();
    if (!identity) return complain("fleet", identity.error());
    if (!*identity)
        return complain(Exit::unavailable, "there is no fleet here: secondstep fleet create makes one");
    if (std::ranges::find((*identity)->nodes, wanted.host, &fleet::Node::name) != (*identity)->nodes.end())
        return complain(Exit::usage, wanted.host + " is a node: its accounts are those of the fleet");
    const auto moves = moves_of(session);
    if (!moves) return complain("fleet", moves.error());
    const auto away = (*moves)->away(wanted.host);
    if (!away) return complain("fleet", away.error());
    if (!away->empty()) return still_away(wanted.host, away->size());
    const auto before = (*moves)->of_host(wanted.host);
    if (!before) return complain("fleet", before.error());
    Randomness& randomness = session.store.randomness;
    const fleet::Move move{.id = randomness.array<5>(),
                           .host = wanted.host,
                           .direction = fleet::Direction::to_fleet,
                           .secret = randomness.secret(fleet::move_secret_size),
                           .since = session.now(),
                           .end = session.now() + wanted.valid,
                           .came_by = *before ? (*before)->came_by : fleet::PermissionId{}};
    const SignalsHeld until_the_token_is_shown;
    if (SignalsHeld::one_is_waiting()) return Exit::refused;
    if (const auto put = (*moves)->put(move); !put) return complain("fleet", put.error());
    audit("fleet-let-migrate", "",
          "host=" + move.host + " move=" + hex(move.id) + " until=" + utc_second(move.end));
    return show(move, wanted.json);
}

namespace {

// Of one host.
class Ending {
  public:
    Ending(const FleetSession& session, const fleet::FileMoves& moves, const EndOfMove& wanted)
        : session_(session), moves_(moves), wanted_(wanted) {}
    Exit run();

  private:
    [[nodiscard]] Arrival put_back(const AccountName& name) const;
    [[nodiscard]] Exit take_back(const std::vector<AccountName>& away) const;
    [[nodiscard]] Result<void> forget(const std::vector<AccountName>& away) const;
    [[nodiscard]] Result<bool> close() const;
    Exit report(bool changed, std::size_t count) const;

    const FleetSession& session_;
    const fleet::FileMoves& moves_;
    const EndOfMove& wanted_;
};

// What the host may have accepted of it is void: nobody knows here what that was.
Arrival Ending::put_back(const AccountName& name) const {
    auto account = moves_.account_away(wanted_.host, name);
    if (!account) return {.user = name.text(), .why = account.error().detail};
    ArrivalRules rules;
    rules.newer_replaces = true;
    rules.fit = [&](const fleet::MovingAccount& moved, const Account&) -> Result<fleet::MovingAccount> {
        return fleet::MovingAccount{
            moved.credential.clone(),
            after_copying(moved.state, &moved.credential, session_.store.config.window, session_.now(),
                          CopiedRecoveryCodes::are_void)};
    };
    return take_over(session_.store, *account, rules);
}

Exit Ending::take_back(const std::vector<AccountName>& away) const {
    Exit ended = Exit::done;
    for (const AccountName& name : away) {
        const Arrival arrival = put_back(name);
        if (!arrival.is_here()) {
            ended = complain(Exit::refused, name.text() + " stays where it is: " + arrival.why);
            continue;
        }
        audit("fleet-take-over", name.text(), "host=" + wanted_.host + " outcome=taken-back");
        const auto gone = moves_.forget_away(wanted_.host, name);
        if (!gone) return complain(name.text(), gone.error());
    }
    return ended;
}

Result<void> Ending::forget(const std::vector<AccountName>& away) const {
    for (const AccountName& name : away) {
        if (const auto gone = moves_.forget_away(wanted_.host, name); !gone) return gone;
    }
    return {};
}

// By which move its accounts came stays known: the way back answers it.
Result<bool> Ending::close() const {
    auto move = moves_.of_host(wanted_.host);
    if (!move) return std::unexpected(move.error());
    if (!*move || (*move)->end == never) return false;
    (*move)->end = never;
    (*move)->secret = session_.store.randomness.secret(fleet::move_secret_size);
    if (const auto put = moves_.put(**move); !put) return std::unexpected(put.error());
    if (const auto gone = moves_.forget_come(wanted_.host); !gone) return std::unexpected(gone.error());
    return true;
}

Exit Ending::report(bool changed, std::size_t count) const {
    if (wanted_.json) {
        out().verbatim(dump({{"host", wanted_.host}, {"changed", changed}, {"accounts", count}}));
        return unless_unwritten();
    }
    if (!changed) out().line("Nothing of " + wanted_.host + " moves; nothing changed.");
    if (changed) out().line(wanted_.host + " hands nothing over any more, and no file of it is taken.");
    if (count > 0)
        out().line(counted(static_cast<std::int64_t>(count), "account") +
                   (wanted_.away == EndOfMove::Away::taken_over
                        ? ": what was kept of them here is deleted."
                        : " in the fleet again: codes up to now and recovery codes are void (recovery-codes "
                          "USER --renew makes new ones)."));
    return unless_unwritten();
}

Exit Ending::run() {
    const auto away = moves_.away(wanted_.host);
    if (!away) return complain("fleet", away.error());
    if (!away->empty() && wanted_.away == EndOfMove::Away::not_said)
        return still_away(wanted_.host, away->size());
    if (wanted_.away == EndOfMove::Away::taken_back) {
        const Exit back = take_back(*away);
        if (back != Exit::done) return back;
    } else if (const auto gone = forget(*away); !gone) {
        return complain("fleet", gone.error());
    }
    const auto closed = close();
    if (!closed) return complain("fleet", closed.error());
    const bool changed = *closed || !away->empty();
    if (changed)
        audit("fleet-end-migration", "",
              "host=" + wanted_.host + " accounts=" + std::to_string(away->size()));
    return report(changed, away->size());
}

}  // namespace

Exit end_migration(const FleetSession& session, const EndOfMove& wanted) {
    if (!fleet::is_name_of_host(wanted.host))
        return complain(Exit::usage, "\"" + printable(wanted.host) + "\" is no name of a host");
    const auto moves = moves_of(session);
    if (!moves) return complain("fleet", moves.error());
    return Ending(session, **moves, wanted).run();
}

}  // namespace secondstep::tool
