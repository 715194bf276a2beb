#include "handover/arrivals.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/duration.h"
#include "console/json_text.h"
#include "console/output.h"

namespace secondstep::tool {

namespace {

using Outcome = Arrival::Outcome;

std::string accounts(std::size_t count) {
    return counted(static_cast<std::int64_t>(count), "account");
}

std::vector<std::string> whose_codes_end(const Arrivals& arrivals) {
    std::vector<std::string> users;
    for (const Arrival& one : arrivals.all) {
        if (one.is_here() && one.codes_ended) users.push_back(one.user);
    }
    return users;
}

Exit report_json(const Arrivals& arrivals, const ArrivalReport& how) {
    Json left = Json::array();
    Json users = Json::array();
    for (const Arrival& one : arrivals.all) {
        users.push_back({{"user", one.user}, {"outcome", to_text(one.outcome)}});
        if (!one.is_here()) left.push_back({{"user", one.user}, {"why", one.why}});
    }
    out().verbatim(dump({{"changed", arrivals.changed() && !how.dry_run},
                         {"from", how.from},
                         {"users", std::move(users)},
                         {"left", std::move(left)},
                         {"codes_ended", whose_codes_end(arrivals)},
                         {"equal", arrivals.equal},
                         {"in_use", arrivals.in_use},
                         {"different", arrivals.different}}));
    return unless_unwritten();
}

void tell_counts(const Arrivals& arrivals, const ArrivalReport& how) {
    const std::string would = how.dry_run ? "would be " : "";
    out().line("From " + how.from + ": " + accounts(arrivals.all.size()) + "; " + would +
               std::to_string(arrivals.count(Outcome::created)) + " created, " +
               std::to_string(arrivals.count(Outcome::merged)) + " put together, " +
               std::to_string(arrivals.count(Outcome::replaced)) + " replaced; " +
               std::to_string(arrivals.count(Outcome::already)) + " here already, " +
               std::to_string(arrivals.count(Outcome::left)) + " left.");
    if (how.dry_run) return;
    out().line("Compared: " + std::to_string(arrivals.equal) + " equal in every field" +
               (arrivals.in_use == 0 ? "."
                                     : ", " + std::to_string(arrivals.in_use) +
                                           " with all that came and more (in use, or put together)."));
}

void tell_users(const Arrivals& arrivals) {
    for (const Arrival& one : arrivals.all) {
        if (one.outcome == Outcome::merged) out().line("put together  " + one.user);
        if (one.outcome == Outcome::left) out().line("left          " + one.user + ": " + one.why);
    }
    for (const std::string& user : whose_codes_end(arrivals))
        out().line("code ends     " + user +
                   ": a code that was given out or sent does not work here; invite or temporary-code "
                   "makes another one");
    for (const std::string& user : arrivals.different)
        out().line("differs       " + user + ": what is here is not what came; do it again");
}

}  // namespace

Result<std::vector<AccountName>> Bundle::looked_through() const {
    auto reader = opened();
    if (!reader) return std::unexpected(reader.error());
    std::vector<AccountName> names;
    for (;;) {
        const auto account = reader->next();
        if (!account) return std::unexpected(account.error());
        if (!*account) break;
        names.push_back((*account)->credential.account);
    }
    std::ranges::sort(names);
    if (std::ranges::adjacent_find(names) != names.end())
        return fail(Errc::damaged, "it has an account twice");
    return names;
}

std::size_t Arrivals::count(Outcome outcome) const {
    return static_cast<std::size_t>(std::ranges::count(all, outcome, &Arrival::outcome));
}

bool Arrivals::changed() const {
    return std::ranges::any_of(all, &Arrival::changed);
}

bool Arrivals::is_whole() const {
    return different.empty() && std::ranges::all_of(all, &Arrival::is_here);
}

namespace {

Result<void> compare_all(const StoreSession& session, const Bundle& bundle, const ArrivalRules& rules,
                         Arrivals& arrivals) {
    auto reader = bundle.opened();
    if (!reader) return std::unexpected(reader.error());
    for (const Arrival& arrival : arrivals.all) {
        const auto account = reader->next();
        if (!account) return std::unexpected(account.error());
        if (!arrival.is_here()) continue;
        switch (compared(session, **account, rules)) {
            case Comparison::equal:
                ++arrivals.equal;
                break;
            case Comparison::in_use:
                ++arrivals.in_use;
                break;
            case Comparison::differs:
                arrivals.different.push_back(arrival.user);
                break;
        }
    }
    return {};
}

}  // namespace

Result<Arrivals> take_over_all(const StoreSession& session, const Bundle& bundle, const ArrivalRules& rules,
                               const std::function<void(const Arrival&)>& told) {
    auto reader = bundle.opened();
    if (!reader) return std::unexpected(reader.error());
    Arrivals arrivals;
    for (;;) {
        const auto account = reader->next();
        if (!account) return std::unexpected(account.error());
        if (!*account) break;
        Arrival arrival = take_over(session, **account, rules);
        if (!rules.dry_run && arrival.changed()) told(arrival);
        if (!rules.dry_run && arrival.is_here() && rules.note_arrival) {
            const auto noted = rules.note_arrival((*account)->credential.account, fleet::Came::whole);
            if (!noted) return std::unexpected(noted.error());
        }
        arrivals.all.push_back(std::move(arrival));
    }
    if (rules.dry_run) return arrivals;
    if (const auto done = compare_all(session, bundle, rules, arrivals); !done)
        return std::unexpected(done.error());
    return arrivals;
}

Exit report(const Arrivals& arrivals, const ArrivalReport& how) {
    const Exit ended = arrivals.is_whole() ? Exit::done : Exit::refused;
    if (how.json) {
        const Exit written = report_json(arrivals, how);
        return written == Exit::done ? ended : written;
    }
    tell_counts(arrivals, how);
    tell_users(arrivals);
    for (const std::string& line : how.next)
        out().line(line);
    const Exit written = unless_unwritten();
    return written == Exit::done ? ended : written;
}

}  // namespace secondstep::tool
