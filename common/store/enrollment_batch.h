#pragma once

#include <functional>
#include <vector>

#include "account/account_name.h"
#include "account/credential.h"
#include "account/state.h"
#include "base/file.h"
#include "store/store_context.h"
#include "store/uid_index.h"

namespace secondstep {

// Many new records at the price of a few flushes. The order, and what a kill leaves behind after each step:
//   1 stage     both files under names of their own in `staging`, and the uid in the index; nothing is
//   enrolled, the next batch sweeps them 2 flush     syncfs: the staged bytes are on the disk 3 (caller)
//   makes their own record of the new secrets durable 4 commit    every state, which says "none", is renamed
//   into the folder: still nobody is enrolled. Flush. Then
//               every credential is renamed: each rename enrolls one account. Flush
//   5           the states are marked enrolled. A login that comes before its mark treats the credential
//               alone as enrolled and sets the mark itself
class EnrollmentBatch {
  public:
    struct Entry {
        RecordName name;
        const Credential* credential;
        const State* state;
    };

    // `staging` is locked until the end. Without `uids` no uid is noted (decoys have none). Errors: busy
    // (another batch runs), io.
    [[nodiscard]] static Result<EnrollmentBatch> begin(UniqueFd staging, int folder,
                                                       const StoreContext& context, const UidIndex* uids);

    EnrollmentBatch(EnrollmentBatch&&) = default;
    EnrollmentBatch& operator=(EnrollmentBatch&&) = delete;
    EnrollmentBatch(const EnrollmentBatch&) = delete;
    EnrollmentBatch& operator=(const EnrollmentBatch&) = delete;
    ~EnrollmentBatch();  // removes what is still staged

    struct Enrolled {
        std::vector<std::size_t> passed_over;  // entries whose record has a credential (or lost one)
        bool unconfirmed = false;              // the others are in force, see WriteOutcome::unconfirmed
    };
    // All steps. On an error some may be enrolled, each of them wholly.
    [[nodiscard]] Result<Enrolled> enroll(const std::vector<Entry>& entries,
                                          const std::function<Result<void>()>& before_commit);

  private:
    enum class Stage {
        staged,
        singly,  // a state file is there already and must stay: the ordinary way, after the others
        passed_over,
        committed,
    };

    EnrollmentBatch(UniqueFd staging, int folder, const StoreContext& context, const UidIndex* uids)
        : staging_(std::move(staging)), folder_(folder), context_(&context), uids_(uids) {}

    [[nodiscard]] Result<void> stage_all(const std::vector<Entry>& entries);
    [[nodiscard]] Result<Stage> stage(const Entry& entry, std::size_t index) const;
    [[nodiscard]] Result<void> note_uid(const Entry& entry, UidIndex::Flush flush) const;
    void take_back_uids(const std::vector<Entry>& entries) const;
    [[nodiscard]] Result<void> flush() const;
    [[nodiscard]] Result<void> commit(const std::vector<Entry>& entries);
    [[nodiscard]] Result<void> commit_states(const std::vector<Entry>& entries);
    [[nodiscard]] Result<void> commit_credentials(const std::vector<Entry>& entries);
    void mark_enrolled(const std::vector<Entry>& entries);
    [[nodiscard]] Result<void> mark_enrolled(const Entry& entry) const;
    [[nodiscard]] Result<void> enroll_singly(const std::vector<Entry>& entries);
    [[nodiscard]] Result<Stage> enroll_one(const Entry& entry);
    [[nodiscard]] std::vector<std::size_t> passed_over() const;

    UniqueFd staging_;
    int folder_;
    const StoreContext* context_;
    const UidIndex* uids_;
    std::vector<Stage> stages_;
    bool unconfirmed_ = false;  // after a rename that commits there is nothing left that is an error
};

// Removes every file in `directory`, which holds nothing that has to last.
[[nodiscard]] Result<void> sweep(int directory);

}  // namespace secondstep
