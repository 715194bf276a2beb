#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace secondstep {

// A few bytes that one process makes, another one keeps unread and hands back. Wiped wherever one ends.
class Token {
  public:
    static constexpr std::size_t max_size = 256;

    Token() noexcept = default;
    // Returns nullopt if more than max_size bytes.
    [[nodiscard]] static std::optional<Token> of(ByteView bytes) noexcept;
    Token(const Token&) noexcept = default;
    Token& operator=(const Token&) noexcept = default;
    ~Token();

    [[nodiscard]] ByteView bytes() const noexcept { return ByteView(bytes_).first(size_); }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    friend bool operator==(const Token&, const Token&) noexcept = default;

  private:
    std::array<std::uint8_t, max_size> bytes_{};
    std::size_t size_ = 0;
};

}  // namespace secondstep
