#include "account/slot_reader.h"

#include <algorithm>
#include <cstring>

namespace secondstep {
namespace {

// The first one is, and each is as the one before it.
bool all_zero(ByteView bytes) {
    return bytes.empty() ||
           (bytes.front() == 0 && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

}  // namespace

bool SlotReader::flag() {
    const std::uint8_t value = in_.u8();
    if (value > 1) sound_ = false;
    return value == 1;
}

UnixTime SlotReader::time() {
    const std::int64_t seconds = in_.i64();
    if (seconds < 0 || seconds > latest_slot_time) sound_ = false;
    return from_unix(seconds);
}

UnixTime SlotReader::short_time() {
    const std::uint64_t high = in_.u8();
    return from_unix(static_cast<std::int64_t>(high << 32U | in_.u32()));
}

std::uint8_t SlotReader::number_up_to(std::uint32_t most) {
    const std::uint8_t value = in_.u8();
    if (value > most) sound_ = false;
    return value;
}

void SlotReader::zeros(std::size_t count) {
    if (!all_zero(in_.raw(count))) sound_ = false;
}

SourceKind SlotReader::source_kind() {
    const std::uint8_t kind = in_.u8();
    if (kind >= 1 && kind <= static_cast<std::uint8_t>(SourceKind::trusted_caller))
        return static_cast<SourceKind>(kind);
    sound_ = false;
    return SourceKind::trusted_caller;
}

std::string SlotReader::text(std::size_t room) {
    const std::size_t size = std::min<std::size_t>(in_.u8(), room);
    const ByteView bytes = in_.raw(room - 1);
    if (size >= room || bytes.size() < size) {
        sound_ = false;
        return {};
    }
    if (!all_zero(bytes.subspan(size))) sound_ = false;
    return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)};
}

// What came later is never written here: later_change.h.
Change SlotReader::change() {
    const std::uint8_t change = in_.u8();
    if (change <= static_cast<std::uint8_t>(Change::renamed)) return static_cast<Change>(change);
    sound_ = false;
    return Change::none;
}

std::size_t SlotReader::count(std::size_t room) {
    const std::uint32_t count = in_.u32();
    if (count > room) sound_ = false;
    return std::min<std::size_t>(count, room);
}

}  // namespace secondstep
