#pragma once

#include "store/account_store.h"
#include "store/record_files.h"

namespace secondstep {

// A record whose state file is open and locked; the lock ends with the object.
class FileTransaction final : public Transaction {
  public:
    FileTransaction(RecordFiles files, Account account)
        : files_(std::move(files)), account_(std::move(account)) {}

    [[nodiscard]] const Account& account() const override { return account_; }
    [[nodiscard]] Result<WriteOutcome> write_state(const State& next) override;
    [[nodiscard]] Result<WriteOutcome> write_credential(const Credential& credential,
                                                        const State& next) override;
    [[nodiscard]] Result<WriteOutcome> remove_credential(const State& next) override;

  private:
    RecordFiles files_;
    Account account_;
};

}  // namespace secondstep
