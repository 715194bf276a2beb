#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <variant>

#include "store/account_store.h"

namespace secondstep {

// What is to be written of a record: one of the writes of a Transaction, or none.
struct LeaveAsItIs {};
struct WriteState {
    State next;
};
struct WriteCredential {
    Credential credential;
    State next;
};
struct RemoveCredential {
    State next;
};
using Rewrite = std::variant<LeaveAsItIs, WriteState, WriteCredential, RemoveCredential>;

// Looks at a record as it is under the lock, and says what is to be written of it. Pure, but for what it
// notes for its caller: it may be called again, on what somebody else wrote first, and then nothing of what
// it said before counts. So time, randomness and what costs something are had before. An error: nothing is
// written.
using Decide = std::function<Result<Rewrite>(const Account&)>;

// How a change ended that is in force. `unconfirmed`: see WriteOutcome; whoever called tells what was made,
// and warns.
enum class Kept { surely, unconfirmed };

// How a record is locked: as begin() or as begin_enrollment() does.
enum class Opening { existing, enrollment };

inline constexpr std::chrono::milliseconds patience_with_a_lock = std::chrono::seconds{3};

// A change of a record from its lock to its end: locks, reads, asks `decide`, writes, unlocks. While somebody
// else has the lock it sleeps, so never on an event loop: a conversation has change_own_record(). Errors: as
// begin() and begin_enrollment(), those of `decide`, and those of kept().
[[nodiscard]] Result<Kept> change(const AccountStore& store, const RecordName& record, Opening how,
                                  const Decide& decide,
                                  std::chrono::milliseconds patience = patience_with_a_lock);

// The parts of it, for who waits otherwise, or has more to say of one of them.
[[nodiscard]] Result<std::unique_ptr<Transaction>> lock_patiently(
    const AccountStore& store, const RecordName& record, Opening how,
    std::chrono::milliseconds patience = patience_with_a_lock);
[[nodiscard]] Result<WriteOutcome> settle(Transaction& transaction, const Decide& decide);
// What a write came to, in words. One that is not certainly done is an error: busy (another one was first),
// io (nobody knows). So is one that failed, after which what was there before still counts.
[[nodiscard]] Result<Kept> kept(const Result<WriteOutcome>& outcome);

}  // namespace secondstep
