#pragma once

#include <memory>
#include <string>
#include <vector>

#include "account/seal.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/randomness.h"
#include "store/account_store.h"
#include "store/enrolling.h"
#include "store/machine.h"
#include "store/moved_mark.h"

namespace secondstep {

// Files below one directory (default /var/lib/secondstep), all owned by the reader's euid, mode 0600,
// with one link:
//   users/NAME.credential  sealed; temporary file + fsync + rename + fsync(directory)
//   users/NAME.state       two 4096-byte slots, written in place; is also the lock (flock); never unlinked
//   decoys/00..ff          256 pairs of the same shape
//   uids/UID/NAME          under which names a uid was enrolled; see uid_index.h
//   staging/               files of a batch before their renames; its directory is the lock of batches
// A login writes the older slot with generation + 1, then fdatasync: nothing is allocated, so it works on a
// full disk, and a torn write leaves the other slot.
class FileStore final : public AccountStore {
  public:
    struct Options {
        std::string directory;
        unsigned window = 1;  // for after_damage
        bool allow_network_file_system = false;
        ThisMachine machine{};
        // See first_use.h: nobody is in it, its keyring is a stand-in, and nothing can be written.
        bool unused = false;
        // For whoever hands it over or takes it back: what moved_mark.h says shuts them out no more than portals.
        bool also_moved = false;
    };
    // Opens the directory and checks it (0700, owned by the euid; not NFS unless allowed: its locks and its
    // durability are not what the guarantees above need). Errors: not_found, untrusted, io.
    [[nodiscard]] static Result<std::unique_ptr<FileStore>> open(Options options, Keyring keyring,
                                                                 const Clock& clock, Randomness& randomness);

    // Its locks are not waited for, and a flush is what every store waits for.
    [[nodiscard]] bool may_block() const override { return false; }
    [[nodiscard]] Result<Account> read(const RecordName& name) const override;
    [[nodiscard]] Result<std::unique_ptr<Transaction>> begin(const RecordName& name) const override;
    [[nodiscard]] Result<std::unique_ptr<Transaction>> begin_enrollment(
        const RecordName& name) const override;
    [[nodiscard]] Result<void> for_each(const std::function<bool(const AccountName&)>& visit) const override;
    [[nodiscard]] Result<std::vector<AccountName>> names_enrolled_for(
        std::optional<uid_t> uid) const override;

    // Makes users/, decoys/, staging/, uids/ and the 256 decoy pairs where they are missing (or sealed with a
    // key that is gone), says on which machine that was, removes temporary files that a killed process left,
    // and completes the index of uids. Safe to repeat. How many decoys were made.
    [[nodiscard]] Result<std::size_t> create_layout() const;

    // See foreign_records.h.
    [[nodiscard]] Result<std::optional<KeyId>> foreign_key(const RecordName& name) const;
    [[nodiscard]] Result<std::size_t> move_foreign_records() const;

    // See moved_mark.h. Everything that reads or changes an account fails then, but with Options::also_moved.
    [[nodiscard]] bool is_moved() const;
    [[nodiscard]] Result<std::optional<MovedMark>> moved_mark() const;
    [[nodiscard]] Result<void> mark_as_moved(const MoveId& move) const;
    [[nodiscard]] Result<void> end_move() const;

    // See machine.h. An enrollment records the machine of a store that says nothing of it.
    [[nodiscard]] Result<MachineStanding> machine() const;
    [[nodiscard]] Result<void> record_machine() const;

    // Adds to the index of uids what is enrolled and missing there; how many names that were. What cannot be
    // read is left out.
    [[nodiscard]] Result<std::size_t> complete_uid_index() const;

    // Gives the record of one name to another: somebody's account was renamed. Whoever is killed in between
    // leaves exactly one of the two enrolled, and doing it again finishes it. `after_commit` moves what else
    // bears the name, and is called again when it is finished later. Nothing but the last steps is left under
    // `from`: whoever gets that name next is told nothing. Errors: not_found (`from` is not enrolled), exists
    // (`to` is), busy, and as begin() and write_credential.
    struct Renaming {
        AccountName from;
        AccountName to;
        std::optional<uid_t> uid;  // of `to`
        ChangeNotice notice;
    };
    [[nodiscard]] Result<void> rename(const Renaming& renaming,
                                      const std::function<Result<void>()>& after_commit) const;
    // Such a renaming was committed and not finished.
    [[nodiscard]] Result<bool> is_half_renamed(const AccountName& from, const AccountName& to) const;

    // See enrolling.h. It must not outlive the store. Errors: busy, untrusted, io.
    [[nodiscard]] Result<std::unique_ptr<Enrolling>> begin_enrolling() const;
    // One batch, confirmed. Errors: as of its parts.
    [[nodiscard]] Result<Enrolled> enroll_batch(const std::vector<NewAccount>& accounts,
                                                const std::function<Result<void>()>& before_commit) const;

    [[nodiscard]] const Keyring& keyring() const;

    ~FileStore() override;

  private:
    struct Parts;
    explicit FileStore(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

// Reads and parses the keyring file: owned by the euid (or root), mode 0400/0600.
// Errors as open_trusted, damaged.
[[nodiscard]] Result<Keyring> load_keyring(const std::string& path);

}  // namespace secondstep
