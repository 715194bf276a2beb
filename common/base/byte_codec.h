#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace secondstep {

// Appends fixed-width big-endian numbers and byte strings to a buffer it owns.
class ByteWriter {
  public:
    ByteWriter() = default;
    explicit ByteWriter(std::size_t expected) { out_.reserve(expected); }
    void u8(std::uint8_t v) { out_.push_back(v); }
    void u16(std::uint16_t v);
    void u32(std::uint32_t v);
    void u64(std::uint64_t v);
    void i64(std::int64_t v) { u64(static_cast<std::uint64_t>(v)); }
    void raw(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
    void zeros(std::size_t count) { out_.resize(out_.size() + count); }
    // u16 length, then the bytes. Longer than 65535: truncated by the caller's contract, asserted here.
    void sized(std::string_view text);

    [[nodiscard]] std::size_t size() const { return out_.size(); }
    [[nodiscard]] ByteView view() const { return out_; }
    [[nodiscard]] Bytes take() && { return std::move(out_); }

  private:
    Bytes out_;
};

// Reads what ByteWriter wrote. Never reads past the end: after the first short read every further value is
// zero or empty and ok() is false, so a decoder checks once, at the end, with finished().
class ByteReader {
  public:
    explicit ByteReader(ByteView in) : in_(in) {}
    std::uint8_t u8();
    std::uint16_t u16();
    std::uint32_t u32();
    std::uint64_t u64();
    std::int64_t i64() { return static_cast<std::int64_t>(u64()); }
    ByteView raw(std::size_t count);
    std::string_view sized(std::size_t max);  // refuses a length over `max`
    template <std::size_t N>
    std::array<std::uint8_t, N> array() {
        std::array<std::uint8_t, N> a{};
        const ByteView r = raw(N);
        if (r.size() == N) std::copy_n(r.data(), N, a.data());
        return a;
    }

    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] std::size_t remaining() const { return in_.size(); }
    [[nodiscard]] ByteView rest() const { return in_; }
    [[nodiscard]] bool finished() const { return ok_ && in_.empty(); }  // everything read, nothing left over

  private:
    ByteView in_;
    bool ok_ = true;
};

}  // namespace secondstep
