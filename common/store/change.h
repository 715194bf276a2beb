#pragma once

#include <chrono>
#include <expected>

#include "store/account_store.h"
#include "store/record_change.h"
#include "store/rewrite.h"
#include "store/rounds.h"

namespace secondstep {

// A change of a record from its lock to its end: RecordChange, for whoever may sleep while somebody else has
// the record or was first. So never on an event loop: a conversation has change_record() and
// change_own_record(). Errors: as begin() and begin_enrollment(), those of `decide`, and those of
// RecordChange::outcome().
[[nodiscard]] Result<Kept> change(const AccountStore& store, const RecordName& record, Opening how,
                                  const Decide& decide, Rounds rounds = Rounds(),
                                  const SteadyTime& now = std::chrono::steady_clock::now);

// The same, for who has something else to say of a record that could not be opened.
struct NotChanged {
    bool was_opened;
    Error error;
};
[[nodiscard]] std::expected<Kept, NotChanged> try_to_change(
    const AccountStore& store, const RecordName& record, Opening how, const Decide& decide,
    Rounds rounds = Rounds(), const SteadyTime& now = std::chrono::steady_clock::now);

}  // namespace secondstep
