#include <algorithm>
#include <boost/program_options/value_semantic.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "account_row.h"
#include "arguments.h"
#include "base/text.h"
#include "command.h"
#include "csv.h"
#include "recovery_sheet.h"
#include "store_session.h"
#include "subject.h"
#include "table.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

constexpr std::size_t widest_name = 32;
constexpr std::size_t beside_the_name = 46;  // the other columns but NOTE, and the gaps
constexpr std::size_t room_for_note = 14;

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
        "method", text("METHOD"), "only totp, or hotp")("group", text("GROUP"),
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

// Writes rows as they come: table or JSON.
class Listing {
  public:
    Listing(bool json, std::size_t name_width)
        : json_(json), stream_(out()), table_(stream_, terminal_of(out().fd()), columns(name_width)) {
        if (!json_) table_.header();
        if (json_) stream_.write("[");
    }
    void add(const AccountRow& row);
    Exit finish();

  private:
    static std::vector<Table::Column> columns(std::size_t name_width) {
        return {{"USER", name_width}, {"STATE", 9},       {"METHOD", 6},
                {"LAST USED", 16},    {"CODES", 5, true}, {"NOTE", 0}};
    }
    [[nodiscard]] std::string counts() const;
    [[nodiscard]] std::size_t count(Standing standing) const;
    bool json_;
    Stream stream_;
    Table table_;
    std::map<Standing, std::size_t> counts_;
    std::size_t total_ = 0;
};

Table::Colour colour_of(Standing standing) {
    switch (standing) {
        case Standing::on:
            return Table::Colour::green;
        case Standing::throttled:
            return Table::Colour::yellow;
        case Standing::closed:
        case Standing::damaged:
            return Table::Colour::red;
        case Standing::off:
        case Standing::exempt:
        case Standing::re_enroll:
            break;
    }
    return Table::Colour::none;
}

void Listing::add(const AccountRow& row) {
    ++counts_[row.standing];
    if (json_) {
        stream_.write((total_ == 0 ? "\n" : ",\n") + dump(to_json(row)));
    } else {
        table_.row({{row.user},
                    {std::string(to_text(row.standing)), colour_of(row.standing)},
                    {row.method ? std::string(to_text(*row.method)) : "-"},
                    {row.last_used == never ? "-" : local_minute(row.last_used)},
                    {row.codes_left ? std::to_string(*row.codes_left) : "-"},
                    {row.note}});
    }
    ++total_;
}

std::size_t Listing::count(Standing standing) const {
    const auto found = counts_.find(standing);
    return found == counts_.end() ? 0 : found->second;
}

// "7 accounts: 3 enrolled (1 throttled), 1 off, 1 exempt, 1 to re-enroll, 1 damaged"
std::string Listing::counts() const {
    const std::size_t throttled = count(Standing::throttled);
    const std::size_t closed = count(Standing::closed);
    std::string line = std::to_string(total_) + (total_ == 1 ? " account: " : " accounts: ") +
                       std::to_string(count(Standing::on) + throttled + closed) + " enrolled";
    std::string among;
    if (throttled > 0) among = std::to_string(throttled) + " throttled";
    if (closed > 0) among += (among.empty() ? "" : ", ") + std::to_string(closed) + " closed";
    if (!among.empty()) line += " (" + among + ")";
    const std::pair<Standing, const char*> rest[] = {{Standing::off, "off"},
                                                     {Standing::exempt, "exempt"},
                                                     {Standing::re_enroll, "to re-enroll"},
                                                     {Standing::damaged, "damaged"}};
    for (const auto& [standing, words] : rest) {
        if (count(standing) > 0) line += ", " + std::to_string(count(standing)) + " " + words;
    }
    return line;
}

Exit Listing::finish() {
    stream_.write(json_ ? "\n]\n" : counts() + "\n");
    stream_.flush();
    return stream_.failed() ? complain(Exit::unavailable, "the result could not be written") : Exit::done;
}

// Whom to show, and what could not be found.
class Selection {
  public:
    Selection(const StatusRequest& request, const StoreSession& session)
        : request_(request), session_(session) {}
    OrExit<std::vector<std::string>> names(int users_file);

  private:
    OrExit<void> add_group();
    OrExit<void> add_file(int fd);
    OrExit<void> add_all();
    const StatusRequest& request_;
    const StoreSession& session_;
    std::vector<std::string> names_;
};

OrExit<void> Selection::add_group() {
    if (!request_.group) return {};
    auto members = members_of(*request_.group);
    if (!members) return stop(complain(members.error()));
    if (!*members) return stop(complain(Exit::no_such_user, "there is no group \"" + *request_.group + "\""));
    names_.insert(names_.end(), (*members)->begin(), (*members)->end());
    return {};
}

OrExit<void> Selection::add_file(int fd) {
    if (!request_.users_file) return {};
    CsvReader reader(fd);
    while (const auto record = reader.next()) {
        const std::string name(trimmed(record->fields.front()));
        if (!name.empty() && !name.starts_with('#')) names_.push_back(name);
    }
    if (reader.failed())
        return stop(complain(Exit::unavailable, *request_.users_file + " could not be read"));
    return {};
}

OrExit<void> Selection::add_all() {
    const auto visited = session_.store->for_each([this](const AccountName& account) {
        names_.push_back(account.text());
        return true;
    });
    if (!visited) return stop(complain(visited.error()));
    return {};
}

OrExit<std::vector<std::string>> Selection::names(int users_file) {
    names_ = request_.names;
    OrExit<void> added = add_group();
    if (added) added = add_file(users_file);
    if (added && !request_.names_somebody()) added = add_all();
    if (!added) return stop(added.error());
    std::ranges::sort(names_);
    names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
    return std::move(names_);
}

// Over all names, so that the first row can be written before the last account is read.
std::size_t name_width(const std::vector<std::string>& names) {
    const Terminal terminal = terminal_of(out().fd());
    std::size_t most = widest_name;
    if (terminal.is_terminal) {
        const std::size_t taken = beside_the_name + room_for_note;
        most =
            std::clamp<std::size_t>(terminal.columns > taken ? terminal.columns - taken : 0, 8, widest_name);
    }
    std::size_t width = 4;
    for (const std::string& name : names)
        width = std::max(width, display_width(printable(name)));
    return std::min(width, most);
}

// Nothing after saying so: neither the machine nor the store knows the name.
class Rows {
  public:
    explicit Rows(const StoreSession& session) : session_(session), exemptions_(session.config.rules) {}
    std::optional<AccountRow> row_for(const std::string& name);
    [[nodiscard]] Exit worst() const { return worst_; }

  private:
    const StoreSession& session_;
    Exemptions exemptions_;
    PeopleIndex people_;
    Exit worst_ = Exit::done;
};

std::optional<AccountRow> Rows::row_for(const std::string& name) {
    const auto account = AccountName::create(name);
    if (!account) {
        worst_ = complain(Exit::usage, "not a user name: " + account.error().detail);
        return std::nullopt;
    }
    const auto entry = people_.find(name);
    const auto stored = session_.store->read(RecordName::of(*account));
    if (!entry) complain(entry.error());
    const std::optional<PasswdEntry> known = entry ? *entry : std::nullopt;
    if (stored && !stored->credential && !stored->has_state && entry && !known) {
        worst_ = complain_unknown(name);
        return std::nullopt;
    }
    AccountRow row = row_of(name, stored, known, session_.clock.now());
    const auto rule = exemptions_.rule_for(name);
    if (rule && row.standing != Standing::damaged) {
        row.standing = Standing::exempt;
        row.rule = *rule;
        row.note = "rule " + *rule;
    }
    return row;
}

Exit list(const StatusRequest& request, const StoreSession& session, int users_file) {
    const auto names = Selection(request, session).names(users_file);
    if (!names) return names.error();
    Rows rows(session);
    Listing listing(request.json, name_width(*names));
    for (const std::string& name : *names) {
        const auto row = rows.row_for(name);
        if (row && request.wants(*row)) listing.add(*row);
    }
    const Exit written = listing.finish();
    return written == Exit::done ? rows.worst() : written;
}

}  // namespace

Exit status(const Command& command, const Invocation& invocation) {
    const auto arguments = Arguments::parse(command, invocation, options(), {0, 100000});
    if (!arguments) return arguments.error();
    const auto request = request_from(*arguments);
    if (!request) return request.error();
    const auto config = configuration(arguments->invocation());
    if (!config) return config.error();
    UniqueFd users;
    if (request->users_file) {
        auto opened = open_input(*request->users_file);
        if (!opened) return complain(Exit::usage, opened.error().detail);
        users = std::move(*opened);
    }
    return run_with_store(*config,
                          [&](StoreSession& session) { return list(*request, session, users.get()); });
}

}  // namespace secondstep::tool
