#pragma once

#include <cstdint>
#include <functional>
#include <variant>

#include "account/credential.h"
#include "account/state.h"
#include "base/error.h"
#include "store/account_store.h"

namespace secondstep {

// What becomes of a state whose write may have happened, or not.
enum class IfUnknown : std::uint8_t {
    // It is decided once more on what is there then: what was counted is counted again, one failure or one
    // message too many and never one too few.
    decided_again,
    // Where exactly this state stands it is as good as written, whoever wrote it: for what sets something, and
    // counts nothing.
    recognised,
};

// What is to be written of a record: one of the writes of a Transaction, or none.
struct LeaveAsItIs {};
struct WriteState {
    State next;
    IfUnknown if_unknown = IfUnknown::decided_again;
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
// notes for its caller: it is called again on what somebody else wrote first, or where nobody knows whether
// the write happened, and then nothing of what it said before counts. So time, randomness and what costs
// something are had before. An error: nothing is written.
using Decide = std::function<Result<Rewrite>(const Account&)>;

}  // namespace secondstep
