#include "migration/formats/token_owners.h"
#include "files/text_lines.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "base/text.h"
#include "files/csv.h"
#include "migration/formats/gathered_accounts.h"
#include "migration/formats/key_conflicts.h"
#include "migration/formats/token_columns.h"

namespace secondstep::tool {
namespace {

constexpr std::string_view two_ways =
    "It does not say whose these are: --key SERIAL --user NAME gives one of them to one person, --owners FILE "
    "(lines SERIAL,USER) gives out many.";

std::string lowercase(std::string_view serial) {
    return lowercase_ascii(trimmed(serial));
}

std::string_view without_zeros(std::string_view serial) {
    return serial.substr(std::min(serial.find_first_not_of('0'), serial.size()));
}

// It is a text of the file, and shown where it looks like a number of a device; empty: it does not.
std::string shown(std::string_view serial) {
    static constexpr std::string_view others = "-._:#/";
    constexpr std::size_t longest = 32;
    const bool plain = serial.size() <= longest && std::ranges::all_of(serial, [](char c) {
                           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                  (c >= '0' && c <= '9') || others.find(c) != std::string_view::npos;
                       });
    return plain ? std::string(serial) : "";
}

std::string named(std::string_view serial) {
    const std::string text = shown(serial);
    return text.empty() ? "which cannot be shown" : text;
}

// Where the two stand in a list of owners.
struct OwnerColumns {
    std::size_t serial = 0;
    std::size_t user = 1;
    bool has_header = false;
    bool is_twice = false;  // one of them: nobody knows which counts
};

OwnerColumns owner_columns(const CsvReader::Record& first) {
    OwnerColumns columns;
    std::optional<std::size_t> serial;
    std::optional<std::size_t> user;
    for (std::size_t i = 0; i < first.fields.size(); ++i) {
        const auto column = column_of_header(first.fields[i]);
        if (column != TokenColumn::serial && column != TokenColumn::user) continue;
        std::optional<std::size_t>& place = column == TokenColumn::serial ? serial : user;
        columns.is_twice = columns.is_twice || place.has_value();
        place = i;
    }
    if (serial && user) columns = {*serial, *user, true, columns.is_twice};
    return columns;
}

std::string_view field(const CsvReader::Record& record, std::size_t at) {
    return at < record.fields.size() ? trimmed(record.fields[at]) : std::string_view{};
}

// The accounts of one source, and who gets each of them.
class Assigning {
  public:
    Assigning(Reading reading, const TokenAssignment& assignment)
        : reading_(without_conflicts(std::move(reading))), assignment_(assignment) {
        for (std::string& remark : reading_.remarks)
            gathered_.remark(std::move(remark));
        for (Unusable& one : reading_.unusable)
            gathered_.refuse(std::move(one.place), std::move(one.why));
    }

    AssignedReading run() {
        if (assignment_.serial) choose(*assignment_.serial);
        if (assignment_.owners)
            give_to_owners(*assignment_.owners);
        else
            give_to_one();
        return {std::move(gathered_).take(), std::move(left_out_)};
    }

  private:
    void choose(std::string_view serial);
    void give_to_one();
    void give_to_owners(const TokenOwners& owners);
    void give(ImportedAccount account, const std::string& user);
    void give_to(const std::string& user, ImportedAccount account);
    void refuse_without_owner(const ImportedAccount& account);
    [[nodiscard]] std::vector<std::size_t> having(std::string_view serial) const;
    [[nodiscard]] std::string why_nobody_has(std::string_view serial) const;
    [[nodiscard]] Result<std::string> local_name(const std::string& user) const;

    Reading reading_;
    const TokenAssignment& assignment_;
    GatheredAccounts gathered_;
    std::vector<std::string> left_out_;
    bool ways_are_said_ = false;
};

bool has_serial(const ImportedToken& token, std::string_view wanted) {
    return (!token.serial.empty() && lowercase(token.serial) == wanted) ||
           (!token.id.empty() && lowercase(token.id) == wanted);
}

std::vector<std::size_t> Assigning::having(std::string_view serial) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < reading_.accounts.size(); ++i) {
        const auto& tokens = reading_.accounts[i].tokens;
        if (std::ranges::any_of(tokens, [&](const ImportedToken& one) { return has_serial(one, serial); }))
            found.push_back(i);
    }
    return found;
}

std::string Assigning::why_nobody_has(std::string_view serial) const {
    for (const ImportedAccount& account : reading_.accounts) {
        for (const ImportedToken& token : account.tokens) {
            if (!token.serial.empty() && without_zeros(lowercase(token.serial)) == without_zeros(serial))
                return "No token of the source has this serial number. One differs in zeros at the front alone, which "
                       "spreadsheets drop: write it as it stands on the device.";
        }
    }
    return "No token of the source has this serial number.";
}

// Of an account with several tokens the others stay where they are.
void Assigning::choose(std::string_view serial) {
    const std::string wanted = lowercase(serial);
    const auto found = having(wanted);
    std::vector<ImportedAccount> chosen;
    for (const std::size_t at : found) {
        ImportedAccount& account = reading_.accounts[at];
        std::erase_if(account.tokens, [&](const ImportedToken& one) { return !has_serial(one, wanted); });
        chosen.push_back(std::move(account));
    }
    if (found.empty()) gathered_.refuse("--key", why_nobody_has(wanted));
    if (found.size() > 1) {
        for (const ImportedAccount& account : chosen)
            gathered_.refuse(account.place,
                             "Several keys have this serial number; --key takes the id of one, " +
                                 named(account.tokens.front().id) + " for example.");
        chosen.clear();
    }
    reading_.accounts = std::move(chosen);
}

Result<std::string> Assigning::local_name(const std::string& user) const {
    const auto& suffix = assignment_.upn_suffix;
    const std::size_t at = user.rfind('@');
    if (!suffix || at == std::string::npos) return user;
    if (lowercase_ascii(std::string_view(user).substr(at + 1)) == lowercase_ascii(*suffix))
        return user.substr(0, at);
    return fail(Errc::invalid, "The user is of another domain than --upn-suffix names.");
}

void Assigning::give(ImportedAccount account, const std::string& user) {
    const auto name = local_name(user);
    if (!name) return gathered_.refuse(account.place, name.error().detail);
    gathered_.add(*name, std::move(account));
}

void Assigning::refuse_without_owner(const ImportedAccount& account) {
    const ImportedToken& token = account.tokens.front();
    const std::string& serial = token.serial.empty() ? token.id : token.serial;
    if (serial.empty())
        return gathered_.refuse(
            account.place,
            "the source does not say whose this is in a name that can be a login: --user NAME does.");
    if (!std::exchange(ways_are_said_, true)) gathered_.remark(std::string(two_ways));
    gathered_.refuse(account.place, "serial number " + named(serial) + ": nobody has it yet.", shown(serial));
}

// --user may say whose a key is, not that it is somebody else's.
void Assigning::give_to(const std::string& user, ImportedAccount account) {
    const auto name = local_name(account.user);
    const bool is_other = !account.user.empty() && account.user != user && (!name || *name != user);
    if (is_other && !account.is_label)
        return gathered_.refuse(
            account.place,
            "the source says that it is somebody else's than --user does. Where its names "
            "have a domain, --upn-suffix takes that off.");
    if (is_other) account.remarks.emplace_back("Its label names another user; --user says whose it is.");
    gathered_.add(user, std::move(account));
}

void Assigning::give_to_one() {
    const bool for_several = assignment_.user && reading_.accounts.size() > 1;
    for (ImportedAccount& account : reading_.accounts) {
        if (for_several) {
            const std::string& serial = account.tokens.front().serial;
            gathered_.refuse(account.place,
                             "--user names one person, and the source has keys of several" +
                                 (serial.empty() ? "." : ": --key " + named(serial) + " chooses this one."));
        } else if (assignment_.user) {
            give_to(*assignment_.user, std::move(account));
        } else if (account.user.empty()) {
            refuse_without_owner(account);
        } else {
            const std::string user = account.user;
            give(std::move(account), user);
        }
    }
}

void Assigning::give_to_owners(const TokenOwners& owners) {
    std::vector<const TokenOwners::Owner*> given(reading_.accounts.size(), nullptr);
    std::set<std::size_t> disputed;
    for (const auto& [serial, owner] : owners.all()) {
        const auto found = having(serial);
        if (found.empty()) gathered_.refuse(owner.place, why_nobody_has(serial));
        if (found.size() > 1)
            gathered_.refuse(owner.place,
                             "Several keys of the source have this serial number; name the id of one.");
        if (found.size() != 1) continue;
        const TokenOwners::Owner*& place = given[found.front()];
        if (place != nullptr && place->user != owner.user) disputed.insert(found.front());
        place = &owner;
    }
    for (std::size_t i = 0; i < reading_.accounts.size(); ++i) {
        ImportedAccount& account = reading_.accounts[i];
        const std::string user = given[i] != nullptr ? given[i]->user : account.user;
        if (disputed.contains(i) || (given[i] != nullptr && !account.user.empty() && account.user != user))
            gathered_.refuse(account.place,
                             "the source and the list, or two lines of it, give it to different people.");
        else if (user.empty())
            left_out_.push_back(account.place);
        else
            give(std::move(account), user);
    }
    for (const Unusable& line : owners.unusable())
        gathered_.refuse(line.place, line.why);
}

}  // namespace

void TokenOwners::add(std::string_view serial, std::string_view user, std::string place) {
    const std::string key = lowercase(serial);
    const auto [known, is_new] = all_.try_emplace(key, Owner{std::string(user), place});
    if (is_new || known->second.user == user) return;
    constexpr std::string_view why =
        "Another line gives this serial number to somebody else; neither counts.";
    if (!known->second.user.empty()) unusable_.push_back({known->second.place, std::string(why)});
    unusable_.push_back({std::move(place), std::string(why)});
    known->second.user.clear();
}

Result<TokenOwners> TokenOwners::parse(std::string_view text, std::string_view file) {
    TokenOwners owners;
    CsvReader reader(text);
    std::optional<OwnerColumns> columns;
    while (const auto record = reader.next()) {
        if (record->fields.front().starts_with('#')) continue;
        const bool is_first = !columns;
        if (is_first) columns = owner_columns(*record);
        if (is_first && columns->is_twice)
            return fail(Errc::invalid,
                        printable(file) +
                            ": its first line has two columns of users, or of serial numbers, and "
                            "nobody can tell which counts: leave one of them out");
        if (is_first && columns->has_header) continue;
        std::string place = place_of(file, record->line);
        const std::string_view serial = field(*record, columns->serial);
        const std::string_view user = field(*record, columns->user);
        if (!record->problem.empty())
            owners.unusable_.push_back({std::move(place), "It cannot be read: " + record->problem + "."});
        else if (serial.empty() || user.empty() || (!columns->has_header && record->fields.size() != 2))
            owners.unusable_.push_back(
                {std::move(place), "A line has a serial number and a user: SERIAL,USER."});
        else
            owners.add(serial, user, std::move(place));
    }
    std::erase_if(owners.all_, [](const auto& one) { return one.second.user.empty(); });
    if (owners.all_.empty())
        return fail(Errc::invalid,
                    printable(file) + " gives no serial number to anybody: its lines are SERIAL,USER");
    return owners;
}

AssignedReading assign(Reading reading, const TokenAssignment& assignment) {
    return Assigning(std::move(reading), assignment).run();
}

}  // namespace secondstep::tool
