#include "accounts/account_table.h"
#include "base/local_time.h"

#include <algorithm>
#include <utility>

#include "base/character_width.h"
#include "base/text.h"

namespace secondstep::tool {

namespace {

constexpr std::size_t widest_name = 32;
// The other columns but NOTE, and the gaps.
constexpr std::size_t beside_the_name = 46;
constexpr std::size_t beside_the_name_when_narrow = 20;
constexpr std::size_t room_for_note = 12;

Table::Colour colour_of(AccountStatus status) {
    switch (status) {
        case AccountStatus::on:
            return Table::Colour::green;
        case AccountStatus::throttled:
            return Table::Colour::yellow;
        case AccountStatus::closed:
        case AccountStatus::mismatch:
        case AccountStatus::damaged:
            return Table::Colour::red;
        case AccountStatus::off:
        case AccountStatus::exempt:
        case AccountStatus::re_enroll:
            break;
    }
    return Table::Colour::none;
}

}  // namespace

void AccountTable::begin() {
    if (!json_ && !std::exchange(begun_, true)) table_.header();
}

void AccountTable::add(const AccountRow& row) {
    begin();
    ++counts_[row.status];
    if (json_) {
        stream_.write((total_ == 0 ? "\n" : ",\n") + dump(to_json(row)));
    } else {
        table_.row({{row.user},
                    {std::string(to_text(row.status)), colour_of(row.status)},
                    {row.method ? std::string(to_text(*row.method)) : "-"},
                    {row.last_used == never ? "-" : local_minute(row.last_used)},
                    {row.codes_left ? std::to_string(*row.codes_left) : "-"},
                    {row.note}});
    }
    ++total_;
}

std::size_t AccountTable::count(AccountStatus status) const {
    const auto found = counts_.find(status);
    return found == counts_.end() ? 0 : found->second;
}

// "7 accounts: 3 enrolled (1 throttled), 1 off, 1 exempt, 1 to re-enroll, 1 damaged"
std::string AccountTable::counts() const {
    const std::size_t throttled = count(AccountStatus::throttled);
    const std::size_t closed = count(AccountStatus::closed);
    std::string line = std::to_string(total_) + (total_ == 1 ? " account: " : " accounts: ") +
                       std::to_string(count(AccountStatus::on) + throttled + closed) + " enrolled";
    std::string among;
    if (throttled > 0) among = std::to_string(throttled) + " throttled";
    if (closed > 0) among += (among.empty() ? "" : ", ") + std::to_string(closed) + " closed";
    if (!among.empty()) line += " (" + among + ")";
    const std::pair<AccountStatus, const char*> rest[] = {{AccountStatus::off, "off"},
                                                          {AccountStatus::exempt, "exempt"},
                                                          {AccountStatus::re_enroll, "to re-enroll"},
                                                          {AccountStatus::mismatch, "of another name or uid"},
                                                          {AccountStatus::damaged, "damaged"}};
    for (const auto& [status, words] : rest) {
        if (count(status) > 0) line += ", " + std::to_string(count(status)) + " " + words;
    }
    return line;
}

Exit AccountTable::finish(Empty empty) {
    const bool nothing = !json_ && total_ == 0 && empty == Empty::left_out;
    if (!nothing) begin();
    if (!nothing && json_) stream_.write("\n]\n");
    stream_.flush();
    if (!nothing && !json_) out().line(counts());
    return stream_.failed() || out().failed() ? complain(Exit::unavailable, "the result could not be written")
                                              : Exit::done;
}

std::size_t name_width(const std::vector<std::string>& names) {
    const Terminal terminal = terminal_of(out().fd());
    std::size_t most = widest_name;
    if (terminal.is_terminal) {
        const bool narrow = terminal.columns < all_columns_from;
        const std::size_t taken = (narrow ? beside_the_name_when_narrow : beside_the_name) + room_for_note;
        most =
            std::clamp<std::size_t>(terminal.columns > taken ? terminal.columns - taken : 0, 8, widest_name);
    }
    std::size_t width = 4;
    for (const std::string& name : names)
        width = std::max(width, display_width(printable(name)));
    return std::min(width, most);
}

}  // namespace secondstep::tool
