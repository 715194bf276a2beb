#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "account/source.h"
#include "account/state.h"
#include "base/byte_codec.h"
#include "base/clock.h"

namespace secondstep {

// Times outside of 0 to this are written as its ends and refused when read, so that sums
// of times never overflow.
inline constexpr std::int64_t latest_slot_time = std::int64_t{1} << 50;

// Reads the values of a state slot one after the other, as etc/FORMATS.md has them, and remembers whether one
// of them was impossible. What is returned means something only if sound() says at the end that none was, and
// that exactly all bytes were read.
class SlotReader {
  public:
    explicit SlotReader(ByteView bytes) : in_(bytes) {}

    bool flag();
    UnixTime time();
    UnixTime short_time();  // five bytes
    std::uint8_t u8() { return in_.u8(); }
    std::uint8_t number_up_to(std::uint32_t most);
    std::uint32_t u32() { return in_.u32(); }
    std::uint64_t u64() { return in_.u64(); }
    template <std::size_t N>
    std::array<std::uint8_t, N> array() {
        return in_.array<N>();
    }
    void zeros(std::size_t count);
    SourceKind source_kind();
    // Its length in one byte, then its bytes and zeros; `room` bytes in all.
    std::string text(std::size_t room);
    Change change();
    // Of entries; never more than there is room for.
    std::size_t count(std::size_t room);
    void refuse() { sound_ = false; }  // a value that only the caller can judge
    void rest_is_zero() { zeros(in_.remaining()); }
    [[nodiscard]] bool sound() const { return sound_ && in_.finished(); }

  private:
    ByteReader in_;
    bool sound_ = true;
};

}  // namespace secondstep
