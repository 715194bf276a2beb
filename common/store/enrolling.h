#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "account/account_name.h"
#include "account/credential.h"
#include "account/state.h"
#include "base/file.h"
#include "store/randomness_stock.h"
#include "store/store_context.h"

namespace secondstep {

class EnrollmentBatch;
class StagingFolder;
class UidIndex;

struct NewAccount {
    Credential credential;
    State state;
};
// What became of a batch.
struct Enrolled {
    std::vector<AccountName> passed_over;  // they have a credential already
    bool unconfirmed = false;              // see WriteOutcome::unconfirmed
};

// Many new accounts, in batches, each at the price of one flush for all (syncfs) instead of five per account: state
// and sealed credential are written under temporary names, `before_commit` makes the caller's own record of them
// durable, then every credential is renamed and the directory flushed once. After a kill at any moment each account
// is either wholly enrolled or not at all. While one thread commits a batch another one may stage the next. Nobody
// else enrolls batches meanwhile.
class Enrolling {
  public:
    // Removes what it staged, unless it was committed. The accounts outlive it.
    class Batch {
      public:
        Batch(Batch&&) noexcept;
        Batch& operator=(Batch&&) noexcept;
        Batch(const Batch&) = delete;
        Batch& operator=(const Batch&) = delete;
        ~Batch();

      private:
        friend class Enrolling;
        explicit Batch(std::unique_ptr<EnrollmentBatch> files);
        std::unique_ptr<EnrollmentBatch> files_;
    };

    // Empties `staging` of what others left. What is not owned outlives it. Errors: busy, io.
    [[nodiscard]] static Result<std::unique_ptr<Enrolling>> begin(UniqueFd staging, int folder,
                                                                  const StoreContext& context,
                                                                  const UidIndex& uids);
    Enrolling(const Enrolling&) = delete;
    Enrolling& operator=(const Enrolling&) = delete;
    ~Enrolling();

    // Errors: as write_credential of a Transaction; nothing is left then.
    [[nodiscard]] Result<Batch> stage(const std::vector<NewAccount>& accounts);
    // Errors: likewise, and those of `before_commit`; the accounts committed so far stay, those `before_commit` wrote
    // down among them.
    [[nodiscard]] Result<Enrolled> commit(Batch batch, const std::function<Result<void>()>& before_commit);
    // After the last one: the disk has everything. What commit() left to be confirmed is a mark that the account's
    // next login would write; a power cut before this takes nothing else away.
    [[nodiscard]] Placed confirm() const;

  private:
    Enrolling(std::unique_ptr<StagingFolder> staging, int folder, const StoreContext& context,
              const UidIndex& uids);

    std::unique_ptr<StagingFolder> staging_;
    int folder_;
    RandomnessStock randomness_;
    const StoreContext context_;
    const UidIndex& uids_;
};

}  // namespace secondstep
