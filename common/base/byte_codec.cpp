#include "base/byte_codec.h"

#include <cassert>

namespace secondstep {
namespace {

constexpr std::size_t longest_sized = 0xffff;

template <typename Number>
std::array<std::uint8_t, sizeof(Number)> big_endian(Number v) {
    std::array<std::uint8_t, sizeof(Number)> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(v >> (8 * (bytes.size() - 1 - i)));
    return bytes;
}

template <typename Number>
Number from_big_endian(const std::array<std::uint8_t, sizeof(Number)>& bytes) {
    Number v = 0;
    for (const std::uint8_t byte : bytes)
        v = static_cast<Number>(v << 8 | byte);
    return v;
}

}  // namespace

void ByteWriter::u16(std::uint16_t v) {
    raw(big_endian(v));
}
void ByteWriter::u32(std::uint32_t v) {
    raw(big_endian(v));
}
void ByteWriter::u64(std::uint64_t v) {
    raw(big_endian(v));
}

void ByteWriter::sized(std::string_view text) {
    assert(text.size() <= longest_sized);
    // The length written always fits the bytes that follow, so a too long text cannot shift the next field.
    const std::string_view kept = text.substr(0, longest_sized);
    u16(static_cast<std::uint16_t>(kept.size()));
    raw(as_bytes(kept));
}

ByteView ByteReader::raw(std::size_t count) {
    if (!ok_ || count > in_.size()) {
        ok_ = false;
        in_ = {};
        return {};
    }
    const ByteView taken = in_.first(count);
    in_ = in_.subspan(count);
    return taken;
}

std::uint8_t ByteReader::u8() {
    return array<1>().front();
}
std::uint16_t ByteReader::u16() {
    return from_big_endian<std::uint16_t>(array<2>());
}
std::uint32_t ByteReader::u32() {
    return from_big_endian<std::uint32_t>(array<4>());
}
std::uint64_t ByteReader::u64() {
    return from_big_endian<std::uint64_t>(array<8>());
}

std::string_view ByteReader::sized(std::size_t max) {
    const std::size_t length = u16();
    if (length > max) ok_ = false;
    const ByteView bytes = raw(length);
    // The other way of as_bytes(): both are byte-sized and have no alignment.
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace secondstep
