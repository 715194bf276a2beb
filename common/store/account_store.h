#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "account/account_name.h"
#include "account/credential.h"
#include "account/state.h"
#include "base/error.h"

namespace secondstep {

// A record as it stands. "Not enrolled" is credential empty and state.enrolled false, and nothing else.
struct Account {
    std::optional<Credential> credential;
    State state;             // a fresh one when there is no state file
    bool has_state = false;  // a state file exists
    // A slot was lost: `state` is what after_damage() made of the rest. Logged, shown by doctor, healed by
    // the next write.
    bool state_damaged = false;
    // Only from begin_enrollment(): the credential is lost or does not open; this is what read() and begin()
    // say of the account. `credential` is empty then and state.enrolled is set: it is not "not enrolled". A
    // new credential, or remove_credential(), mends it.
    std::optional<Error> lost_credential = std::nullopt;
};

// How a write ended. `unconfirmed`: it is in force, for everybody and from now on, but the disk has not
// confirmed it, and a power cut may undo it: what it gave out has to be told, with that warning. Of changes
// of a credential only. `lost`: nothing was written, because somebody else wrote since it was read. `unknown`:
// it may or may not have happened, or happens yet (an engine that lost its connection). After these two the
// record is read and decided on once more: RecordChange.
enum class WriteOutcome { done, unconfirmed, lost, unknown };

// Exclusive access to one record, from begin() until it is destroyed.
class Transaction {
  public:
    Transaction() = default;
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    virtual ~Transaction() = default;

    // As it was read, and as it was written when that is certain.
    [[nodiscard]] virtual const Account& account() const = 0;
    // A login. Durable when it returns `done`; on an error nothing may be revealed.
    [[nodiscard]] virtual Result<WriteOutcome> write_state(const State& next) = 0;
    // An enrollment: the credential's rename commits it, the state follows. On an error the old credential is
    // whole and still valid. `unconfirmed`: the new one is valid, and its state is written by the next login.
    [[nodiscard]] virtual Result<WriteOutcome> write_credential(const Credential& credential,
                                                                const State& next) = 0;
    // disable: the state is marked "none" first (keeping last steps and failures), then the credential goes.
    // On an error it is still there; `unconfirmed`: it is gone.
    [[nodiscard]] virtual Result<WriteOutcome> remove_credential(const State& next) = 0;
};

// Where accounts live. Implementations: FileStore; an engine for fleets later. Thread-safe: a const object
// whose methods may be called from several threads at once. What all of them keep to, StoreContract
// (tests/unit/store) says.
class AccountStore {
  public:
    AccountStore() = default;
    AccountStore(const AccountStore&) = delete;
    AccountStore& operator=(const AccountStore&) = delete;
    virtual ~AccountStore() = default;

    // Its methods may wait for others, for longer than a disk takes: no thread that serves others calls them.
    [[nodiscard]] virtual bool may_block() const = 0;

    // Without a lock: what is there now. An enrolled mark without its credential, a credential without its
    // state, one that does not open (also when its key is not in the ring), an untrusted file are errors; no
    // file at all is an empty Account. Errors: untrusted, damaged, unsupported, io; busy when somebody else
    // holds the record and it looks half written; never not_found, which would look like "not enrolled".
    [[nodiscard]] virtual Result<Account> read(const RecordName& name) const = 0;

    // Locks, then reads. An engine without locks only reads, and perhaps what is not the newest any more:
    // whoever writes on that has lost. Errors: as read(), and busy at once (never waits) when somebody else
    // has it; not_found when the record has neither state nor credential (nothing was ever enrolled), and only
    // then.
    [[nodiscard]] virtual Result<std::unique_ptr<Transaction>> begin(const RecordName& name) const = 0;
    // The same for an enrollment: makes the state file (both slots) when there is none, and opens also what
    // begin() refuses because the credential is lost or damaged (see Account::lost_credential).
    [[nodiscard]] virtual Result<std::unique_ptr<Transaction>> begin_enrollment(
        const RecordName& name) const = 0;

    // Calls `visit` once per account that has a credential or a state, in no order, holding a constant amount
    // of memory per account name. `visit` returns false to stop. Errors: io.
    [[nodiscard]] virtual Result<void> for_each(
        const std::function<bool(const AccountName&)>& visit) const = 0;

    // Under which names this uid was enrolled: a hint, to be believed only when the credential of that name
    // says the uid. nullopt: no uid is meant, and the work is that of a uid that was never enrolled. Errors:
    // untrusted, io.
    [[nodiscard]] virtual Result<std::vector<AccountName>> names_enrolled_for(
        std::optional<uid_t> uid) const = 0;
};

}  // namespace secondstep
