#pragma once

#include "store/account_store.h"
#include "store/record_files.h"
#include "store/uid_index.h"

namespace secondstep {

// A record whose state file is open and locked; the lock ends with the object.
class FileTransaction final : public Transaction {
  public:
    // `uids` outlives it.
    FileTransaction(RecordFiles files, Account account, const UidIndex& uids)
        : files_(std::move(files)), account_(std::move(account)), uids_(uids) {}

    [[nodiscard]] const Account& account() const override { return account_; }
    [[nodiscard]] Result<WriteOutcome> write_state(const State& next) override;
    [[nodiscard]] Result<WriteOutcome> write_credential(const Credential& credential,
                                                        const State& next) override;
    [[nodiscard]] Result<WriteOutcome> remove_credential(const State& next) override;

  private:
    RecordFiles files_;
    Account account_;
    const UidIndex& uids_;
};

}  // namespace secondstep
