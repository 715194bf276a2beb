#include "accounts/earlier_row.h"

#include "access/earlier_record.h"

namespace secondstep::tool {

void apply_earlier_record(AccountRow& row, const AccountStore& store, const AccountName& account,
                          const std::optional<PasswdEntry>& entry) {
    if (row.status != AccountStatus::off || !entry) return;
    const auto earlier = earlier_record_of(store, account, entry->uid);
    if (earlier && !*earlier) return;
    row.status = earlier ? AccountStatus::mismatch : AccountStatus::damaged;
    row.note = earlier ? "enrolled as " + (*earlier)->text() + ": run rename" : "run doctor";
}

}  // namespace secondstep::tool
