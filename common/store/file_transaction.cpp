#include "store/file_transaction.h"

namespace secondstep {

Result<WriteOutcome> FileTransaction::write_state(const State& next) {
    auto written = files_.write_state(next, Durability::now);
    if (!written) return std::unexpected(std::move(written.error()));
    account_.state = std::move(*written);
    account_.has_state = true;
    account_.state_damaged = false;
    return WriteOutcome::done;
}

Result<WriteOutcome> FileTransaction::write_credential(const Credential& credential, const State& next) {
    if (auto written = files_.write_credential(credential); !written) {
        return std::unexpected(std::move(written.error()));
    }
    account_.credential = credential.clone();
    account_.lost_credential.reset();
    State enrolled = next;
    enrolled.enrolled = true;
    return write_state(enrolled);
}

Result<WriteOutcome> FileTransaction::remove_credential(const State& next) {
    State none = next;
    none.enrolled = false;
    const auto written = write_state(none);
    if (!written) return written;
    if (auto removed = files_.remove_credential(); !removed)
        return std::unexpected(std::move(removed.error()));
    account_.credential.reset();
    account_.lost_credential.reset();
    return WriteOutcome::done;
}

}  // namespace secondstep
