#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "account/account_name.h"
#include "dialogue/conversation/ports.h"
#include "dialogue/conversation/script.h"
#include "store/change.h"

namespace secondstep::dialogue {

// What a conversation asks of its store. One that may not block is called where the conversation runs, which
// waits with a Wait; one that may block is called by a job for a worker (Work::Kind::store), which owns what it
// touches, sleeps in between and is over when its Rounds are.

// The store, and the time that calls of it are counted with.
struct StoreAccess {
    std::shared_ptr<const AccountStore> store;
    SteadyTime now;
    std::function<bool()> is_awaited = [] { return true; };  // as of Ports

    [[nodiscard]] static StoreAccess of(const Ports& ports) {
        return {ports.store, ports.steady_now, ports.is_awaited};
    }
};

// How long a conversation waits for its store; what one call used up the next one has not.
struct StorePatience : OutlivesScripts, Rounds {
    using Rounds::Rounds;
    void go_on_from(const Rounds& rounds) { static_cast<Rounds&>(*this) = rounds; }
};

// Of what is not begun when its turn has come.
[[nodiscard]] Error nobody_waits();

// The record as it is now; waits while somebody else writes it. Errors: as read(); busy also when too many
// wait for the store.
[[nodiscard]] Script<Result<Account>> read_record(Talk& talk, StoreAccess access, RecordName record,
                                                  StorePatience& patience);

// Errors: as names_enrolled_for() of the store, and busy.
[[nodiscard]] Script<Result<std::vector<AccountName>>> read_names_enrolled_for(Talk& talk, StoreAccess access,
                                                                               std::optional<uid_t> uid);

// A change of a record (RecordChange); waits for whoever has it. When it ends the lock is gone. `decide` may
// refer to what belongs to the conversation: a job asks it only as long as the conversation waits. Errors besides: closed,
// when its turn has come and nobody waits for it any more; then nothing is decided or written.
[[nodiscard]] Script<Result<Kept>> change_record(Talk& talk, StoreAccess access, RecordName record,
                                                 Opening how, Decide decide, StorePatience& patience);

}  // namespace secondstep::dialogue
