#include <cstdlib>

#include "account/joined_state.h"
#include "fleet/move.h"

using namespace secondstep;

// What opens as an account that moves is one that can be joined with what is there, whatever it says, and is written as it was.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto account = fleet::decode_moving_account(Secret::copy_of(ByteView(data, size)));
    if (!account) return 0;
    const State both = joined(State{}, account->state, account->credential);
    if (joined(both, both, account->credential) != both) std::abort();
    const auto again = fleet::encode(*account);
    if (!again || !fleet::decode_moving_account(*again)) std::abort();
    return 0;
}
