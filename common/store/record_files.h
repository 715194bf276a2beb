#pragma once

#include <optional>

#include "account/account_name.h"
#include "base/file.h"
#include "store/account_store.h"
#include "store/state_file.h"
#include "store/store_context.h"

namespace secondstep {

// The pair of files of one record. Descriptor `directory` and the context outlive it.
class RecordFiles {
  public:
    RecordFiles(int directory, RecordName name, const StoreContext& context)
        : directory_(directory), name_(std::move(name)), context_(context) {}

    // Errors as StateFile::open.
    [[nodiscard]] Result<void> open_state(int flags);
    [[nodiscard]] Result<void> lock() const { return state_->lock(); }
    // Makes the state file when there is none. A credential that is already there (its state was lost) makes
    // it a state after damage, so that nothing used before is accepted again.
    [[nodiscard]] Result<void> create_state() const;

    enum class LostCredential { is_an_error, is_told };  // see Account::lost_credential
    // Reads both; a state file that was not opened counts as absent.
    [[nodiscard]] Result<Account> load(LostCredential lost);
    // Only the state. Errors as StateFile::read.
    [[nodiscard]] Result<State> load_state();

    // After load() or load_state(). The state as it was written, with its generation.
    [[nodiscard]] Result<State> write_state(State next, Durability durability);
    // Replaces the credential durably.
    [[nodiscard]] Result<Placed> write_credential(const Credential& credential) const;
    [[nodiscard]] Result<Placed> remove_credential() const;

    // A credential on its way to another name is one file that opens under both, each with its own seal, and
    // that stands under one of them at a time: the rename of the file takes it from the one and gives it to
    // the other in one moment. `here` opens where this record is, `there` at `to`.
    [[nodiscard]] Result<void> prepare_move(const Credential& here, const Credential& there,
                                            const RecordName& to) const;
    // Errors: exists.
    [[nodiscard]] Result<void> move_credential(const RecordName& to) const;
    // This record's credential came from `from` that way, and was not written anew since.
    [[nodiscard]] Result<bool> has_moved_from(const RecordName& from) const;

    [[nodiscard]] const RecordName& name() const { return name_; }

  private:
    [[nodiscard]] Result<void> read_slots();

    int directory_;
    RecordName name_;
    const StoreContext& context_;
    std::optional<StateFile> state_;
    StateSlots slots_;
};

[[nodiscard]] std::string credential_file_name(const RecordName& name);

// The sealed bytes of `credential` for the file of `name`. Errors: invalid (it would not decode, or is
// another name's), crypto.
[[nodiscard]] Result<Bytes> sealed_content(const Credential& credential, const RecordName& name,
                                           const StoreContext& context);

}  // namespace secondstep
