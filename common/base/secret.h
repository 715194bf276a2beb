#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/bytes.h"

namespace secondstep {

// Bytes that must not outlive their use: keys, codes, answers, decrypted credentials.
//
// Guarantees: the memory is wiped with explicit_bzero before it is freed or replaced; there is no
// small-buffer copy (a six-digit code in a std::string stays behind in the object itself); it cannot be
// copied by accident and does not convert to std::string. Moved-from is empty.
class Secret {
  public:
    Secret() noexcept = default;
    explicit Secret(std::size_t size);  // zeros
    [[nodiscard]] static Secret copy_of(ByteView bytes);
    [[nodiscard]] static Secret copy_of(std::string_view text);

    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    ~Secret();

    [[nodiscard]] Secret clone() const;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] MutableByteView bytes() noexcept { return {bytes_.get(), size_}; }
    [[nodiscard]] ByteView bytes() const noexcept { return {bytes_.get(), size_}; }
    [[nodiscard]] std::string_view text() const noexcept;

    // Room for `size` bytes in all, so that what is appended up to there moves nothing; the old memory is wiped.
    void reserve(std::size_t size);
    // Grows; the old memory is wiped.
    void append(ByteView more);
    void append(std::string_view more);
    void push_back(char c);
    // Shortens to `size` (<= size()); what is cut off is wiped.
    void truncate(std::size_t size) noexcept;
    void wipe() noexcept;

  private:
    std::unique_ptr<std::uint8_t[]> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

[[nodiscard]] bool equal_in_constant_time(const Secret& a, const Secret& b) noexcept;

}  // namespace secondstep
