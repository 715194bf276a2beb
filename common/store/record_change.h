#pragma once

#include <optional>

#include "account/account_name.h"
#include "base/error.h"
#include "store/account_store.h"
#include "store/rewrite.h"
#include "store/rounds.h"
#include "store/write_mark.h"

namespace secondstep {

// How a change ended that is in force. `unconfirmed`: see WriteOutcome; whoever called tells what was made,
// and warns.
enum class Kept { surely, unconfirmed };

// How a record is locked: as begin() or as begin_enrollment() does.
enum class Opening { existing, enrollment };

// A change of one record, round by round, for whoever says how long it is tried and waits in between: an
// answer that is judged, a change of a conversation, one of the tool. What somebody else wrote first is read
// and decided on again. So is what may have been written or not, unless it is recognised in what is read then
// (WriteMark): nobody is told that a write happened because it looks like it.
class RecordChange {
  public:
    // `store` outlives it.
    RecordChange(const AccountStore& store, RecordName record, Opening how, Decide decide);

    // Blocks as the store does. Nothing is open or locked afterwards.
    [[nodiscard]] Round round();

    // What the last round came to. One that is not certainly done is an error: busy (somebody has the record,
    // or was first), io (nobody knows). So is one that failed, after which what was there before still
    // counts.
    [[nodiscard]] const Result<Kept>& outcome() const { return outcome_; }
    // What the error of outcome() is about: the record was read, and decided on.
    [[nodiscard]] bool was_opened() const { return opened_; }

  private:
    [[nodiscard]] Round ended(Result<Kept> outcome);
    [[nodiscard]] Round not_opened(const Error& error);
    [[nodiscard]] Round written(const Result<WriteOutcome>& outcome);

    const AccountStore& store_;
    RecordName record_;
    Opening how_;
    Decide decide_;
    Result<Kept> outcome_;
    bool opened_ = false;
    std::optional<WriteMark> perhaps_;  // of the last write of unknown outcome
};

}  // namespace secondstep
