#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "account/account_name.h"
#include "account/credential.h"
#include "account/state.h"
#include "base/file.h"
#include "store/store_context.h"
#include "store/uid_index.h"

namespace secondstep {

// The folder of staged files, locked: everything in it is of this process, and goes with it.
class StagingFolder {
  public:
    // Sweeps what a killed one left. Errors: busy (somebody else has it), io.
    [[nodiscard]] static Result<std::unique_ptr<StagingFolder>> lock(UniqueFd folder);

    [[nodiscard]] int fd() const { return folder_.get(); }
    // For the names of its files.
    [[nodiscard]] unsigned number_of_next_batch() { return batches_++; }

  private:
    explicit StagingFolder(UniqueFd folder) : folder_(std::move(folder)) {}
    UniqueFd folder_;
    std::atomic<unsigned> batches_{0};
};

// Many new records at the price of a few flushes. The order, and what a kill leaves behind after each step:
//   1 stage     both files under names of their own in `staging`, and the uid in the index; nothing is
//               enrolled, the next one who locks `staging` sweeps them
//   2 flush     syncfs: the staged bytes are on the disk. Begun with the end of the first step
//   3 (caller)  makes their own record of the new secrets durable
//   4 commit    every state, which says "none", is renamed into the folder: still nobody is enrolled. Flush. Then
//               every credential is renamed: each rename enrolls one account. Flush
//   5           the states are marked enrolled, which is durable with the next flush of anybody. A login that comes
//               before its mark treats the credential alone as enrolled and sets the mark itself
class EnrollmentBatch {
  public:
    struct Entry {
        RecordName name;
        const Credential* credential;
        const State* state;
    };

    // Without `uids` no uid is noted (decoys have none). What it refers to outlives it.
    EnrollmentBatch(StagingFolder& staging, int folder, const StoreContext& context, const UidIndex* uids,
                    std::vector<Entry> entries);
    EnrollmentBatch(const EnrollmentBatch&) = delete;
    EnrollmentBatch& operator=(const EnrollmentBatch&) = delete;
    ~EnrollmentBatch();  // removes what is still staged

    [[nodiscard]] Result<void> stage();
    struct Enrolled {
        std::vector<std::size_t> passed_over;  // entries whose record has a credential (or lost one)
        bool unconfirmed = false;              // the others are in force, see WriteOutcome::unconfirmed
    };
    // Waits for the second step, and does the others. On an error some may be enrolled, each of them wholly.
    [[nodiscard]] Result<Enrolled> commit(const std::function<Result<void>()>& before_commit);

    [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

  private:
    enum class Stage {
        staged,
        singly,  // a state file is there already and must stay: the ordinary way, after the others
        passed_over,
        committed,
    };

    [[nodiscard]] std::string staged_state(std::size_t index) const;
    [[nodiscard]] std::string staged_credential(std::size_t index) const;
    [[nodiscard]] Result<Stage> stage(const Entry& entry, std::size_t index) const;
    [[nodiscard]] Result<void> note_uid(const Entry& entry, UidIndex::Flush flush) const;
    void take_back_uids() const;
    [[nodiscard]] Result<void> flush() const;
    [[nodiscard]] Result<void> commit_all();
    [[nodiscard]] Result<void> commit_states();
    [[nodiscard]] Result<void> commit_credentials();
    void mark_enrolled();
    [[nodiscard]] Result<void> mark_enrolled(const Entry& entry) const;
    [[nodiscard]] Result<void> enroll_singly();
    [[nodiscard]] Result<Stage> enroll_one(const Entry& entry);
    [[nodiscard]] std::vector<std::size_t> passed_over() const;

    StagingFolder& staging_;
    const unsigned number_;
    int folder_;
    const StoreContext* context_;
    const UidIndex* uids_;
    const std::vector<Entry> entries_;
    std::vector<Stage> stages_;
    std::future<Result<void>> flushed_;
    bool unconfirmed_ = false;  // after a rename that commits there is nothing left that is an error
};

// Removes every file in `directory`, which holds nothing that has to last.
[[nodiscard]] Result<void> sweep(int directory);

}  // namespace secondstep
