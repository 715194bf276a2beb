#pragma once

#include "account/slot_reader.h"
#include "account/state.h"
#include "account/state_slot.h"
#include "base/byte_codec.h"

// What stands in a slot between its header (magic, format, key id) and its MAC.
namespace secondstep::slot {

inline constexpr std::size_t mac_size = 32;
inline constexpr std::size_t header_size = 20;
inline constexpr std::size_t content_size = state_slot_size - header_size - mac_size;

// Format 2; exactly content_size bytes. The state must fit (see encode_slot).
void write_content(ByteWriter& out, const State& state);

// Each reads one format, to the last byte; what it returns means something only if `in` is sound afterwards.
[[nodiscard]] State read_content(SlotReader& in);
[[nodiscard]] State read_content_1(SlotReader& in);

}  // namespace secondstep::slot
