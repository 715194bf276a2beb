#include <algorithm>
#include <boost/program_options/value_semantic.hpp>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_set>
#include <vector>

#include "access/own_account.h"
#include "access/store_session.h"
#include "accounts/account_details.h"
#include "accounts/account_table.h"
#include "accounts/earlier_row.h"
#include "accounts/own_status.h"
#include "accounts/policy_demands.h"
#include "base/text.h"
#include "console/arguments.h"
#include "console/invocation.h"
#include "console/json_text.h"
#include "files/callers_rights.h"
#include "files/csv.h"
#include "installation/checkup.h"
#include "people/named_account.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

struct StatusRequest {
    std::vector<std::string> names;
    std::optional<std::string> group;
    std::optional<std::string> users_file;
    std::optional<Method> method;
    bool enrolled = false;
    bool not_enrolled = false;
    bool locked = false;
    bool json = false;

    [[nodiscard]] bool names_somebody() const { return !names.empty() || group || users_file; }
    [[nodiscard]] bool wants(const AccountRow& row) const;
};

bool StatusRequest::wants(const AccountRow& row) const {
    if (enrolled && !row.enrolled) return false;
    if (not_enrolled && (row.enrolled || row.left_over || is_unavailable(row.status))) return false;
    if (method && row.method != method) return false;
    return !locked || row.status == AccountStatus::throttled || row.status == AccountStatus::closed;
}

po::options_description status_options() {
    const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
    po::options_description known("Options");
    auto add = known.add_options();
    add("enrolled", po::bool_switch(), "only who has a second step");
    add("not-enrolled", po::bool_switch(), "only who has none; without names: of all people who log in here");
    add("method", text("totp|hotp|mail|sms"), "only who has a second step of this kind");
    add("group", text("GROUP"), "the members of a group, enrolled or not");
    add("users", text("FILE"), "the users in a file, one a line (- is stdin)");
    add("locked", po::bool_switch(), "only who is throttled or closed after failures");
    add("json", po::bool_switch(), "an array with one object for each account");
    return known;
}

OrExit<StatusRequest> request_from(const Arguments& arguments) {
    StatusRequest request;
    request.names = arguments.operands();
    request.group = arguments.text("group");
    request.users_file = arguments.text("users");
    request.enrolled = arguments.is_on("enrolled");
    request.not_enrolled = arguments.is_on("not-enrolled");
    request.locked = arguments.is_on("locked");
    request.json = arguments.is_on("json");
    if (request.enrolled && request.not_enrolled) {
        return stop(complain(Exit::usage, "--enrolled and --not-enrolled together leave nobody"));
    }
    const auto method = arguments.text("method");
    if (method) request.method = method_from_text(*method);
    if (method && !request.method)
        return stop(complain(Exit::usage, "there is no method \"" + *method + "\""));
    return request;
}

// Whom to show.
struct Selected {
    std::string name;
    std::size_t line = 0;    // of the file that names them; 0: named here, by a group or by the store
    bool is_record = false;  // a name of the store, and not one that somebody wrote, in whatever spelling
};

class Selection {
  public:
    Selection(const StatusRequest& request, const StoreSession& session)
        : request_(request), session_(session) {}
    OrExit<std::vector<Selected>> names(int users_file);

  private:
    OrExit<void> add_group();
    OrExit<void> add_file(int fd);
    OrExit<void> add_all();
    void add_given(const std::vector<std::string>& names);
    const StatusRequest& request_;
    const StoreSession& session_;
    std::vector<Selected> names_;
};

void Selection::add_given(const std::vector<std::string>& names) {
    for (const std::string& name : names)
        names_.push_back({name});
}

OrExit<void> Selection::add_group() {
    if (!request_.group) return {};
    auto members = members_of(*request_.group);
    if (!members) return stop(complain(members.error()));
    if (!*members) return stop(complain(Exit::no_such_user, "there is no group \"" + *request_.group + "\""));
    add_given({(*members)->begin(), (*members)->end()});
    return {};
}

OrExit<void> Selection::add_file(int fd) {
    if (!request_.users_file) return {};
    CsvReader reader(fd);
    while (const auto record = reader.next()) {
        if (!record->problem.empty())
            return stop(complain(Exit::refused, *request_.users_file + ": line " +
                                                    std::to_string(record->line) + ": " + record->problem));
        const std::string name(trimmed(record->fields.front()));
        if (!name.empty() && !name.starts_with('#')) names_.push_back({name, record->line});
    }
    if (reader.failed())
        return stop(complain(Exit::unavailable, *request_.users_file + " could not be read"));
    return {};
}

OrExit<void> Selection::add_all() {
    const auto visited = session_.store->for_each([this](const AccountName& account) {
        names_.push_back({account.text(), 0, true});
        return true;
    });
    if (!visited) return stop(complain(visited.error()));
    // Who has no second step has most often no record either: everybody who logs in here as a person.
    if (request_.not_enrolled) add_given(human_accounts());
    return {};
}

OrExit<std::vector<Selected>> Selection::names(int users_file) {
    add_given(request_.names);
    OrExit<void> added = add_group();
    if (added) added = add_file(users_file);
    if (added && !request_.names_somebody()) added = add_all();
    if (!added) return stop(added.error());
    std::ranges::sort(names_, {},
                      [](const Selected& one) { return std::tie(one.name, one.line, one.is_record); });
    const auto twice = std::ranges::unique(names_, {}, &Selected::name);
    names_.erase(twice.begin(), twice.end());
    return std::move(names_);
}

// Nothing: neither the machine nor the store knows the name, which is said where somebody named it; or they
// were shown already under another spelling.
class Rows {
  public:
    Rows(const StoreSession& session, std::string users_file)
        : session_(session), users_file_(std::move(users_file)), demands_(session.config.rules) {}
    std::optional<AccountRow> row_for(const Selected& selected);
    [[nodiscard]] Exit worst() const { return worst_; }

  private:
    // A word of a file is not repeated before it is known to be a user's name: whoever may have this verb by
    // sudo may not have the file.
    [[nodiscard]] std::string place_of(const Selected& named) const {
        return users_file_ + ":" + std::to_string(named.line) + ": ";
    }
    std::nullopt_t unknown(const Selected& named);
    [[nodiscard]] bool is_left_over(const Account& stored) const;
    [[nodiscard]] std::optional<AccountRow> row_of_record(const AccountName& account,
                                                          const Result<std::optional<PasswdEntry>>& entry,
                                                          const Selected& selected);
    const StoreSession& session_;
    std::string users_file_;
    PolicyDemands demands_;
    PeopleIndex people_;
    std::unordered_set<std::string> seen_;
    Exit worst_ = Exit::done;
};

std::nullopt_t Rows::unknown(const Selected& named) {
    worst_ = named.line == 0
                 ? complain_unknown(named.name)
                 : complain(Exit::no_such_user, place_of(named) + "there is no such user on this machine");
    return std::nullopt;
}

// The canonical name decides: whoever is called alice@corp or ALICE is alice. A record's own name stands for
// itself: the name service may lead from it to somebody who has another name by now.
std::optional<AccountRow> Rows::row_for(const Selected& selected) {
    auto account = AccountName::create(selected.name);
    if (!account) {
        worst_ = complain(Exit::usage, (selected.line == 0 ? "" : place_of(selected)) +
                                           "not a user name: " + account.error().detail);
        return std::nullopt;
    }
    const auto entry = people_.find(selected.name);
    if (!entry) complain(entry.error());
    const std::optional<PasswdEntry> known = entry ? *entry : std::nullopt;
    if (!selected.is_record && known) {
        auto canonical = AccountName::create(known->name);
        if (canonical) account = std::move(canonical);
    }
    if (!seen_.insert(account->text()).second) return std::nullopt;
    return row_of_record(*account, entry, selected);
}

// Something is told of somebody whose name may be another's next. A portal's user never was in passwd, and is not gone:
// where there may be such, nobody can tell.
bool Rows::is_left_over(const Account& stored) const {
    return session_.config.portal_services.empty() && stored.state != state_without_owner(stored.state);
}

std::optional<AccountRow> Rows::row_of_record(const AccountName& account,
                                              const Result<std::optional<PasswdEntry>>& entry,
                                              const Selected& selected) {
    const std::optional<PasswdEntry> known = entry ? *entry : std::nullopt;
    const auto stored = session_.store->read(RecordName::of(account));
    const bool in_store = stored && (stored->credential || stored->has_state);
    if (!known && !in_store && ((stored && entry) || selected.line != 0)) return unknown(selected);
    const UnixTime now = session_.clock.now();
    AccountRow row = row_of(account.text(), stored, known, now);
    apply_earlier_record(row, *session_.store, account, known);
    const bool gone = entry && !known && row.status == AccountStatus::off && stored && !row.invited_until;
    if (gone && is_left_over(*stored)) {
        row.left_over = selected.is_record;
        row.note = "left over: run disable";
    } else if (gone && selected.is_record) {
        return std::nullopt;
    }
    if (const auto demand = demands_.on(account.text())) apply_demand(row, *demand, now);
    return row;
}

// To a person who asks for one account; a program finds the table alone.
void show_in_full(const StoreSession& session, const std::string& name) {
    const auto account = AccountName::create(name);
    if (!account) return;
    const auto stored = session.store->read(RecordName::of(*account));
    const auto details = stored ? details_of(*stored, session.clock.now()) : std::vector<Detail>{};
    if (details.empty()) return;
    out().line("");
    show_details(details);
}

std::size_t widest_of(const std::vector<Selected>& selected) {
    std::vector<std::string> names;
    for (const Selected& each : selected)
        names.push_back(each.name);
    return name_width(names);
}

Exit list(const StatusRequest& request, const StoreSession& session, int users_file) {
    const auto selected = Selection(request, session).names(users_file);
    if (!selected) return selected.error();
    Rows rows(session, request.users_file.value_or(""));
    AccountTable table(request.json, widest_of(*selected));
    std::string last;
    for (const Selected& each : *selected) {
        const auto row = rows.row_for(each);
        if (!row || !request.wants(*row)) continue;
        table.add(*row);
        last = row->user;
    }
    using Empty = AccountTable::Empty;
    const Exit written = table.finish(rows.worst() == Exit::done ? Empty::shown : Empty::left_out);
    if (written != Exit::done) return written;
    if (selected->size() == 1 && !request.json && terminal_of(out().fd()).is_terminal)
        show_in_full(session, last);
    const auto machine = session.store->machine();
    if (machine && machine->where == MachineStanding::Where::elsewhere)
        (request.json ? err() : out())
            .line("Warning: " + made_elsewhere(machine->record) + " (secondstep adopt).");
    return rows.worst();
}

Exit show_own(const std::string& user, const Json& data) {
    show_own_status(user, data, SystemClock().now());
    return unless_unwritten();
}

}  // namespace

Exit status(const Command& command, const Invocation& invocation) {
    const auto call = call_of(command, invocation, status_options(), {0, 100000});
    if (!call) return call.error();
    if (is_for_own_account(call->config))
        return manage_own(*call,
                          {.task = Task::status, .show = show_own, .for_programs = with_written_times});
    const auto request = request_from(call->arguments);
    if (!request) return request.error();
    UniqueFd users;
    if (request->users_file) {
        const CallersRights rights;
        auto opened = open_input(*request->users_file);
        if (!opened) return complain(Exit::usage, opened.error().detail + rights.explained());
        users = std::move(*opened);
    }
    return run_with_store(call->config,
                          [&](StoreSession& session) { return list(*request, session, users.get()); });
}

}  // namespace secondstep::tool
