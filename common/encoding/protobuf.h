#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "base/bytes.h"
#include "base/error.h"

namespace secondstep::otp {

// Reads the wire format of Protocol Buffers (protobuf.dev/programming-guides/encoding), one field after the
// other, from bytes it does not own. Allocates nothing. A caller passes over fields it does not know.
class WireReader {
  public:
    explicit WireReader(ByteView in) : rest_(in) {}

    struct Field {
        std::uint32_t number;
        // A varint, or the bytes of anything else: bytes, string, message, and the fixed 4 and 8 bytes.
        std::variant<std::uint64_t, ByteView> value;
    };
    // Returns nullopt at the end. Errors: invalid (cut short, a number of more than 64 bits, a length over
    // the rest, a field 0, the groups of long ago).
    [[nodiscard]] Result<std::optional<Field>> next();

  private:
    Result<std::uint64_t> varint();
    Result<ByteView> bytes(std::uint64_t count);
    Result<std::variant<std::uint64_t, ByteView>> value_of(unsigned wire_type);

    ByteView rest_;
};

}  // namespace secondstep::otp
