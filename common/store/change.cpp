#include "store/change.h"

#include <algorithm>
#include <thread>

namespace secondstep {
namespace {

constexpr std::chrono::milliseconds first_look{5};
constexpr std::chrono::milliseconds longest_look{20};

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

// Logins hold a record for less than a millisecond.
Result<std::unique_ptr<Transaction>> lock_patiently(const AccountStore& store, const RecordName& record,
                                                    Opening how, std::chrono::milliseconds patience) {
    std::chrono::milliseconds wait = first_look;
    for (;;) {
        auto transaction = lock(store, record, how);
        if (transaction || transaction.error().code != Errc::busy) return transaction;
        if (wait > patience) return fail(Errc::busy, "somebody else is changing this right now: try again");
        std::this_thread::sleep_for(wait);
        patience -= wait;
        wait = std::min(wait + first_look, longest_look);
    }
}

Result<WriteOutcome> settle(Transaction& transaction, const Decide& decide) {
    const Result<Rewrite> decided = decide(transaction.account());
    if (!decided) return std::unexpected(decided.error());
    return std::visit([&](const auto& rewrite) { return write(transaction, rewrite); }, *decided);
}

Result<Kept> kept(const Result<WriteOutcome>& outcome) {
    if (!outcome) return std::unexpected(outcome.error());
    switch (*outcome) {
        case WriteOutcome::done:
            return Kept::surely;
        case WriteOutcome::unconfirmed:
            return Kept::unconfirmed;
        case WriteOutcome::lost:
            return fail(Errc::busy, "another login wrote first: try again");
        case WriteOutcome::unknown:
            break;
    }
    return fail(Errc::io, "the write may not have happened: look with secondstep status");
}

Result<Kept> change(const AccountStore& store, const RecordName& record, Opening how, const Decide& decide,
                    std::chrono::milliseconds patience) {
    const auto transaction = lock_patiently(store, record, how, patience);
    if (!transaction) return std::unexpected(transaction.error());
    return kept(settle(**transaction, decide));
}

}  // namespace secondstep
