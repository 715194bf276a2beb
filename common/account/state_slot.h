#pragma once

#include <cstddef>

#include "account/state.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/secret.h"

namespace secondstep {

// One slot of the state file: 4096 bytes, fixed layout (etc/FORMATS.md), the last 32 an HMAC-SHA256 over the
// rest under a key derived from the host key and the record's name: a slot copied to another account does not
// verify. Format 2 is written; format 1 is read as well.
inline constexpr std::size_t state_slot_size = 4096;

// Errors: too_large (more entries than there is room for), invalid (a client's address that is none).
[[nodiscard]] Result<Bytes> encode_slot(const State& state, const KeyId& key_id, const Secret& mac_key);
[[nodiscard]] Result<KeyId> key_id_of_slot(ByteView slot);  // damaged: no magic; unsupported: newer format
[[nodiscard]] Result<State> decode_slot(ByteView slot, const Secret& mac_key);  // damaged, unsupported

}  // namespace secondstep
