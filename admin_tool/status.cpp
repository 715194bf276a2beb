#include <algorithm>
#include <boost/program_options/value_semantic.hpp>
#include <iterator>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "account_table.h"
#include "arguments.h"
#include "base/text.h"
#include "callers_rights.h"
#include "checkup.h"
#include "client_table.h"
#include "command.h"
#include "csv.h"
#include "demands.h"
#include "own_account.h"
#include "store_session.h"
#include "subject.h"

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
    if (not_enrolled && (row.enrolled || row.standing == Standing::damaged)) return false;
    if (method && row.method != method) return false;
    return !locked || row.standing == Standing::throttled || row.standing == Standing::closed;
}

po::options_description options() {
    const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
    po::options_description known("Options");
    known.add_options()("enrolled", po::bool_switch(), "only who has a second step")(
        "not-enrolled", po::bool_switch(), "only who has none")(
        "method", text("METHOD"), "only totp, hotp, mail or sms")("group", text("GROUP"),
                                                                  "the members of a group, enrolled or not")(
        "users", text("FILE"), "the users in a file, one a line (- is stdin)")(
        "locked", po::bool_switch(), "only who is throttled or closed after failures")(
        "json", po::bool_switch(), "an array with one object for each account");
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

// Somebody to show, and the line of the file that names them; 0: named here, by a group or by the store.
struct Named {
    std::string name;
    std::size_t line = 0;
};

// Whom to show, and what could not be found.
class Selection {
  public:
    Selection(const StatusRequest& request, const StoreSession& session)
        : request_(request), session_(session) {}
    OrExit<std::vector<Named>> names(int users_file);

  private:
    OrExit<void> add_group();
    OrExit<void> add_file(int fd);
    OrExit<void> add_all();
    const StatusRequest& request_;
    const StoreSession& session_;
    std::vector<Named> names_;
};

OrExit<void> Selection::add_group() {
    if (!request_.group) return {};
    auto members = members_of(*request_.group);
    if (!members) return stop(complain(members.error()));
    if (!*members) return stop(complain(Exit::no_such_user, "there is no group \"" + *request_.group + "\""));
    for (const std::string& member : **members)
        names_.push_back({member});
    return {};
}

OrExit<void> Selection::add_file(int fd) {
    if (!request_.users_file) return {};
    CsvReader reader(fd);
    while (const auto record = reader.next()) {
        const std::string name(trimmed(record->fields.front()));
        if (!name.empty() && !name.starts_with('#')) names_.push_back({name, record->line});
    }
    if (reader.failed())
        return stop(complain(Exit::unavailable, *request_.users_file + " could not be read"));
    return {};
}

OrExit<void> Selection::add_all() {
    const auto visited = session_.store->for_each([this](const AccountName& account) {
        names_.push_back({account.text()});
        return true;
    });
    if (!visited) return stop(complain(visited.error()));
    return {};
}

OrExit<std::vector<Named>> Selection::names(int users_file) {
    for (const std::string& name : request_.names)
        names_.push_back({name});
    OrExit<void> added = add_group();
    if (added) added = add_file(users_file);
    if (added && !request_.names_somebody()) added = add_all();
    if (!added) return stop(added.error());
    std::ranges::sort(names_, {}, [](const Named& one) { return std::tie(one.name, one.line); });
    const auto twice = std::ranges::unique(names_, {}, &Named::name);
    names_.erase(twice.begin(), twice.end());
    return std::move(names_);
}

// Nothing after saying so: neither the machine nor the store knows the name.
class Rows {
  public:
    Rows(const StoreSession& session, std::string users_file)
        : session_(session), users_file_(std::move(users_file)), demands_(session.config.rules) {}
    std::optional<AccountRow> row_for(const Named& named);
    [[nodiscard]] Exit worst() const { return worst_; }

  private:
    // A word of a file is not repeated before it is known to be a user's name: whoever may have this verb by
    // sudo may not have the file.
    [[nodiscard]] std::string place_of(const Named& named) const {
        return users_file_ + ":" + std::to_string(named.line) + ": ";
    }
    std::nullopt_t unknown(const Named& named);
    const StoreSession& session_;
    std::string users_file_;
    Demands demands_;
    PeopleIndex people_;
    Exit worst_ = Exit::done;
};

std::nullopt_t Rows::unknown(const Named& named) {
    worst_ = named.line == 0
                 ? complain_unknown(named.name)
                 : complain(Exit::no_such_user, place_of(named) + "there is no such user on this machine");
    return std::nullopt;
}

std::optional<AccountRow> Rows::row_for(const Named& named) {
    const std::string& name = named.name;
    const auto account = AccountName::create(name);
    if (!account) {
        worst_ = complain(Exit::usage, (named.line == 0 ? "" : place_of(named)) +
                                           "not a user name: " + account.error().detail);
        return std::nullopt;
    }
    const auto entry = people_.find(name);
    const auto stored = session_.store->read(RecordName::of(*account));
    if (!entry) complain(entry.error());
    const std::optional<PasswdEntry> known = entry ? *entry : std::nullopt;
    const bool in_store = stored && (stored->credential || stored->has_state);
    if (!known && !in_store && ((stored && entry) || named.line != 0)) return unknown(named);
    const UnixTime now = session_.clock.now();
    AccountRow row = row_of(name, stored, known, now);
    if (const auto demand = demands_.on(name)) apply_demand(row, *demand, now);
    return row;
}

Exit list(const StatusRequest& request, const StoreSession& session, int users_file) {
    const auto named = Selection(request, session).names(users_file);
    if (!named) return named.error();
    Rows rows(session, request.users_file.value_or(""));
    std::vector<std::string> names;
    std::ranges::transform(*named, std::back_inserter(names), &Named::name);
    AccountTable table(request.json, name_width(names));
    for (const Named& one : *named) {
        const auto row = rows.row_for(one);
        if (row && request.wants(*row)) table.add(*row);
    }
    const Exit written = table.finish();
    const auto machine = session.store->machine();
    if (machine && machine->where == MachineStanding::Where::elsewhere)
        (request.json ? err() : out())
            .line("Warning: " + made_elsewhere(machine->record) + " (secondstep adopt).");
    return written == Exit::done ? rows.worst() : written;
}

Exit show_own(const std::string& user, const Json& data) {
    const auto clients = clients_in(data.value("clients", Json::array()));
    AccountTable table(false, name_width({user}));
    table.add(own_row(user, data, SystemClock().now()));
    const Exit written = table.finish();
    if (written != Exit::done || clients.empty()) return written;
    out().line("");
    show_clients(user, clients);
    return Exit::done;
}

}  // namespace

Exit status(const Command& command, const Invocation& invocation) {
    const auto call = call_of(command, invocation, options(), {0, 100000});
    if (!call) return call.error();
    if (is_for_himself(call->config))
        return manage_own(*call, {.task = wire::Task::status, .show = show_own});
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
