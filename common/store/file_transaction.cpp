#include "store/file_transaction.h"

namespace secondstep {
namespace {

std::optional<uid_t> uid_of(const Account& account) {
    return account.credential ? account.credential->uid : std::nullopt;
}

}  // namespace

Result<WriteOutcome> FileTransaction::write_state(const State& next) {
    auto written = files_.write_state(next, Durability::now);
    if (!written) return std::unexpected(std::move(written.error()));
    account_.state = std::move(*written);
    account_.has_state = true;
    account_.state_damaged = false;
    return WriteOutcome::done;
}

Result<WriteOutcome> FileTransaction::write_credential(const Credential& credential, const State& next) {
    const std::optional<uid_t> before = uid_of(account_);
    // One of another name is refused below.
    if (credential.uid && RecordName::of(credential.account).stem() == files_.name().stem()) {
        auto added = uids_.add(*credential.uid, credential.account, UidIndex::Flush::now);
        if (!added) return std::unexpected(std::move(added.error()));
    }
    const auto placed = files_.write_credential(credential);
    if (!placed) return std::unexpected(placed.error());
    // Not beside a rename that a power cut undoes: a name too many is no harm, one too few is.
    const bool replaced = *placed == Placed::durably && before && before != credential.uid;
    if (replaced) static_cast<void>(uids_.remove(*before, credential.account));
    account_.credential = credential.clone();
    account_.lost_credential.reset();
    account_.state = caught_up(std::move(account_.state), credential);
    account_.state.enrolled = true;
    // A durable "enrolled" beside a rename that a power cut undoes would be an account whose file is lost.
    if (*placed == Placed::unconfirmed) return WriteOutcome::unconfirmed;
    State enrolled = next;
    enrolled.enrolled = true;
    // The credential has committed: without its state it is what caught_up() makes of it.
    const auto written = write_state(enrolled);
    return written ? *written : WriteOutcome::unconfirmed;
}

Result<WriteOutcome> FileTransaction::remove_credential(const State& next) {
    State none = next;
    none.enrolled = false;
    const auto written = write_state(none);
    if (!written) return written;
    const auto removed = files_.remove_credential();
    if (!removed) return std::unexpected(removed.error());
    if (const auto uid = uid_of(account_); uid && *removed == Placed::durably)
        static_cast<void>(uids_.remove(*uid, account_.credential->account));
    account_.credential.reset();
    account_.lost_credential.reset();
    return *removed == Placed::durably ? WriteOutcome::done : WriteOutcome::unconfirmed;
}

}  // namespace secondstep
