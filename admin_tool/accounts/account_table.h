#pragma once

#include <map>
#include <string>
#include <vector>

#include "accounts/account_row.h"
#include "console/exit_status.h"
#include "console/output.h"
#include "console/table.h"
#include "console/terminal.h"

namespace secondstep::tool {

// In fewer columns of a terminal there is no room for all that is told of an account.
inline constexpr std::size_t all_columns_from = 68;

// Accounts on stdout, row by row as they come: a table with their numbers below, or a JSON array.
class AccountTable {
  public:
    AccountTable(bool json, std::size_t name_width)
        : json_(json), stream_(out()), table_(stream_, terminal_of(out().fd()), columns(name_width)) {
        if (json_) stream_.write("[");
    }
    void add(const AccountRow& row);
    // Nobody: the header and their number, 0; or nothing at all, where it was said already why.
    enum class Empty { shown, left_out };
    Exit finish(Empty empty = Empty::shown);

  private:
    static std::vector<Table::Column> columns(std::size_t name_width) {
        return {{"USER", name_width},
                {"STATE", 9},
                {"METHOD", 6, false, all_columns_from},
                {"LAST USED", 16, false, all_columns_from},
                {"CODES", 5, true},
                {"NOTE", 0}};
    }
    void begin();  // the header, once
    [[nodiscard]] std::string counts() const;
    [[nodiscard]] std::size_t count(AccountStatus status) const;
    bool json_;
    Stream stream_;
    Table table_;
    std::map<AccountStatus, std::size_t> counts_;
    std::size_t total_ = 0;
    bool begun_ = false;
};

// For the column USER: over all names, so that the first row can be written before the last account is read.
[[nodiscard]] std::size_t name_width(const std::vector<std::string>& names);

}  // namespace secondstep::tool
