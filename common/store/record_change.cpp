#include "store/record_change.h"

#include <memory>
#include <utility>

namespace secondstep {
namespace {

Result<std::unique_ptr<Transaction>> lock(const AccountStore& store, const RecordName& record, Opening how) {
    return how == Opening::enrollment ? store.begin_enrollment(record) : store.begin(record);
}

Result<WriteOutcome> write(Transaction&, const LeaveAsItIs&) {
    return WriteOutcome::done;
}
Result<WriteOutcome> write(Transaction& transaction, const WriteState& state) {
    return transaction.write_state(state.next);
}
Result<WriteOutcome> write(Transaction& transaction, const WriteCredential& replacing) {
    return transaction.write_credential(replacing.credential, replacing.next);
}
Result<WriteOutcome> write(Transaction& transaction, const RemoveCredential& removal) {
    return transaction.remove_credential(removal.next);
}

}  // namespace

RecordChange::RecordChange(const AccountStore& store, RecordName record, Opening how, Decide decide)
    : store_(store),
      record_(std::move(record)),
      how_(how),
      decide_(std::move(decide)),
      outcome_(fail(Errc::busy, "not tried")) {}

// The one order, of every writer: lock, read, decide, write, unlock. Only what comes after it is told anybody.
Round RecordChange::round() {
    const auto transaction = lock(store_, record_, how_);
    if (!transaction) return not_opened(transaction.error());
    opened_ = true;
    const Account& present = (*transaction)->account();
    if (perhaps_ && perhaps_->is_in(present)) return ended(Kept::surely);
    const Result<Rewrite> decided = decide_(present);
    if (!decided) return ended(std::unexpected(decided.error()));
    WriteMark::Before before;
    if (std::holds_alternative<WriteCredential>(*decided)) before = WriteMark::Before::of(present);
    const Result<WriteOutcome> outcome =
        std::visit([&](const auto& rewrite) { return write(**transaction, rewrite); }, *decided);
    if (outcome == WriteOutcome::unknown) perhaps_.emplace(*decided, before);
    return written(outcome);
}

Round RecordChange::ended(Result<Kept> outcome) {
    outcome_ = std::move(outcome);
    return Round::over;
}

Round RecordChange::not_opened(const Error& error) {
    // What was written before stays as uncertain as it was: it is looked for again.
    if (perhaps_) return Round::unknown;
    outcome_ = std::unexpected(error);
    return error.code == Errc::busy ? Round::busy : Round::over;
}

Round RecordChange::written(const Result<WriteOutcome>& outcome) {
    if (!outcome) return ended(std::unexpected(outcome.error()));
    switch (*outcome) {
        case WriteOutcome::done:
            return ended(Kept::surely);
        case WriteOutcome::unconfirmed:
            return ended(Kept::unconfirmed);
        case WriteOutcome::lost:
            // Unless one before it was first, and was this change's own.
            if (!perhaps_) outcome_ = fail(Errc::busy, "another login wrote first: try again");
            return Round::lost;
        case WriteOutcome::unknown:
            break;
    }
    outcome_ = fail(Errc::io, "the write may not have happened: look with secondstep status");
    return Round::unknown;
}

}  // namespace secondstep
