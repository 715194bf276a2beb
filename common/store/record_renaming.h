#pragma once

#include <functional>
#include <optional>

#include "account/account_name.h"
#include "store/record_files.h"
#include "store/uid_index.h"

namespace secondstep {

// The record of one name becomes another's. The order, and what a kill leaves behind after each step:
//   1 index     the new name stands in the index of uids: a hint too many
//   2 state     what the old state says is written under the new name, marked "none": the old name is
//               enrolled
//   3 both      the old credential's file is replaced by one that opens under both names: the old
//               name is enrolled
//   4 commit    that file is renamed: the new name is enrolled, and the old one not any more (its mark
//               without a credential is `unavailable`, never "not enrolled")
//   5 (caller)  moves what else bears the name; again, when steps 5 to 7 are done again
//   6 old state "none", and nothing but the last steps
//   7 new       a credential for the new name alone, and the mark "enrolled". Until then step 4 is seen in it
class RecordRenaming {
  public:
    // `folder`, `context` and `uids` outlive it.
    RecordRenaming(int folder, const StoreContext& context, const UidIndex& uids, AccountName from,
                   AccountName to)
        : folder_(folder), context_(context), uids_(uids), from_(std::move(from)), to_(std::move(to)) {}

    // Both records are locked until the end. Errors: as FileStore::rename.
    [[nodiscard]] Result<void> run(std::optional<uid_t> uid, const ChangeNotice& notice,
                                   const std::function<Result<void>()>& after_commit) const;

  private:
    [[nodiscard]] Result<RecordFiles> locked(const AccountName& name, bool make_it) const;
    [[nodiscard]] Result<void> commit(RecordFiles& from, Account& from_account, RecordFiles& to,
                                      const State& to_state, std::optional<uid_t> uid,
                                      const ChangeNotice& notice) const;
    [[nodiscard]] Result<void> finish(RecordFiles& from, RecordFiles& to) const;

    int folder_;
    const StoreContext& context_;
    const UidIndex& uids_;
    AccountName from_;
    AccountName to_;
};

}  // namespace secondstep
