#include "encoding/protobuf.h"

#include <utility>

namespace secondstep::otp {
namespace {

constexpr unsigned longest_varint = 10;  // 64 bits in sevens

}  // namespace

Result<std::uint64_t> WireReader::varint() {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < longest_varint; ++i) {
        if (rest_.empty()) return fail(Errc::invalid, "it ends in the middle of a number");
        const std::uint8_t byte = rest_.front();
        rest_ = rest_.subspan(1);
        // The tenth byte holds the 64th bit and no more.
        if (i + 1 == longest_varint && byte > 1) break;
        value |= std::uint64_t{byte & 0x7fU} << (7 * i);
        if ((byte & 0x80U) == 0) return value;
    }
    return fail(Errc::invalid, "a number has more than 64 bits");
}

Result<ByteView> WireReader::bytes(std::uint64_t count) {
    if (count > rest_.size()) return fail(Errc::invalid, "it ends in the middle of a field");
    const ByteView taken = rest_.first(static_cast<std::size_t>(count));
    rest_ = rest_.subspan(taken.size());
    return taken;
}

Result<std::variant<std::uint64_t, ByteView>> WireReader::value_of(unsigned wire_type) {
    constexpr unsigned varint_type = 0;
    constexpr unsigned eight_bytes = 1;
    constexpr unsigned sized = 2;
    constexpr unsigned four_bytes = 5;
    if (wire_type == varint_type) return varint();
    if (wire_type == eight_bytes) return bytes(8);
    if (wire_type == four_bytes) return bytes(4);
    if (wire_type != sized) return fail(Errc::invalid, "a field has a type that is not in use");
    const auto length = varint();
    if (!length) return std::unexpected(length.error());
    return bytes(*length);
}

Result<std::optional<WireReader::Field>> WireReader::next() {
    if (rest_.empty()) return std::nullopt;
    const auto tag = varint();
    if (!tag) return std::unexpected(tag.error());
    const std::uint64_t number = *tag >> 3;
    constexpr std::uint64_t most = (std::uint64_t{1} << 29) - 1;
    if (number == 0 || number > most) return fail(Errc::invalid, "a field has a number out of range");
    auto value = value_of(static_cast<unsigned>(*tag & 7U));
    if (!value) return std::unexpected(std::move(value.error()));
    return Field{static_cast<std::uint32_t>(number), *value};
}

}  // namespace secondstep::otp
